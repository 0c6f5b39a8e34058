// Where everything of a network stands: units, their numbers, and the labels of the lines between them.

const WIDE = 620;
const HIGH = { wide: 434, tall: 640 }; // of any network, so that nothing below it moves when its size changes
const TO_LOSS = 138; // from the outputs to the loss: room for the targets in between

// A unit and the baselines of its value, bias and error. With room around it, it is a circle with the other two in a tag
// below; else a plate with all of them; where even that is too high, the error takes the place of the bias.
const UNITS = {
  circle: { unit: { wide: 46, high: 46, round: 23, rows: [5, 39, 56] }, below: 38, shared: false },
  plate: { unit: { wide: 64, high: 58, round: 15, rows: [-11, 7, 23] }, below: 0, shared: false },
  small: { unit: { wide: 64, high: 40, round: 13, rows: [-3, 14, 14] }, below: 0, shared: true },
};

// Wide: layers from left to right; narrow: from top to bottom.
function places(view, width) {
  const { units } = view.data;
  const wide = width >= WIDE;
  const most = Math.max(...units);
  const height = wide ? HIGH.wide : HIGH.tall;
  if (wide) {
    const between = Math.min((height - 58) / most, 96);
    const look = UNITS[between >= 92 ? "circle" : between >= 66 ? "plate" : "small"];
    const left = look.unit.wide / 2 + 14;
    const gap = (width - left - 62 - TO_LOSS) / (units.length - 1);
    const x = (layer) => left + layer * gap;
    const middle = 50 + (height - 58) / 2 - look.below / 2;
    const at = (layer, unit) => ({ x: x(layer), y: middle + (unit - (units[layer] - 1) / 2) * between });
    const head = (layer) => ({ x: x(layer), y: 16 });
    return { wide, width, height, at, loss: { x: width - 62, y: middle }, head, gap, ...look, tight: false };
  }
  const gap = (height - 100) / units.length;
  const across = Math.min(width / most, 92);
  const look = UNITS[across >= 66 && gap >= 130 ? "circle" : across >= 66 && gap >= 100 ? "plate" : "small"];
  const unit = { ...look.unit, wide: Math.min(look.unit.wide, across - 3) };
  const y = (layer) => 64 + layer * gap;
  const at = (layer, place) => ({ x: width / 2 + (place - (units[layer] - 1) / 2) * across, y: y(layer) });
  const head = (layer) => ({ x: 4, y: y(layer) - unit.high / 2 - 10 });
  return { wide, width, height, at, loss: { x: width / 2, y: y(units.length) - 8 }, head, gap, ...look, unit, tight: look.shared && unit.wide < 60 };
}

function along(a, b, share) {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

// How far along the line from unit j its label stands where only some lines have one.
function spread(p, units, layer, j) {
  const many = units[layer - 1];
  const [near, far] = p.wide ? [0.3, 0.72] : units[layer] >= many ? [0.48, 0.68] : [0.3, 0.5];
  return many === 1 ? 0.55 : near + ((far - near) * j) / (many - 1);
}

// Where each label of a layer's lines stands on its own line, as far as it gets from all others and from the labels
// before it: [i][j] of { x, y }.
function labelSpots(p, units, layer) {
  const lines = [];
  for (let i = 0; i < units[layer]; i++) for (let j = 0; j < units[layer - 1]; j++) {
    lines.push({ i, j, a: p.at(layer - 1, j), b: p.at(layer, i) });
  }
  const { wide, high } = p.unit;
  const length = p.wide ? p.gap : p.gap - p.below;
  const edge = p.wide ? (wide / 2 + LABEL.wide + 3) / length : 0;
  const [from, to] = p.wide ? [edge, 1 - edge] : [(high / 2 + p.below + 13) / p.gap, 1 - (high / 2 + 15) / p.gap];
  const taken = [];
  const spots = Array.from({ length: units[layer] }, () => []);
  for (const line of lines) {
    let best = null;
    for (let share = from; share <= to + 1e-9; share += (to - from) / 24 || 1) {
      const here = along(line.a, line.b, share);
      const room = Math.min(
        1.4, // more than that does not help
        ...lines.filter((each) => each !== line).map((each) => distance(here, each.a, each.b)),
        ...taken.map((each) => distance(here, each, each) / 2),
      ) - 0.2 * Math.abs(share - 0.5);
      if (!best || room > best.room) best = { ...here, room };
    }
    taken.push(best);
    spots[line.i][line.j] = best;
  }
  return spots;
}

const LABEL = { wide: 21, high: 10 }; // half of what a label takes

// From a point to a line from a to b, where 1 is half of a label.
function distance(point, a, b) {
  const scaled = (each) => [each.x / LABEL.wide, each.y / LABEL.high];
  const [[px, py], [ax, ay], [bx, by]] = [point, a, b].map(scaled);
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - share * dx, py - ay - share * dy);
}
