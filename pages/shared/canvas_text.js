// A drawing as a short text, for links and for the browser's own storage. canvas_text.py reads it, and tells the format.

const LONGEST = 1500; // characters
const GRID = 256; // steps in the side of the sheet
const TOLERANCES = [0.6, 1.5, 3, 6]; // steps by which a line may be off: the first with which the text is short enough

// The text of Fabric's objects on a sheet of `side` pixels; "" of a blank one, null where it would be too long.
function written(objects, side) {
  const lines = objects.map(({ path }) => polyline(path, GRID / side));
  for (const tolerance of objects.length ? TOLERANCES : []) {
    const text = "1" + base64url(lines.flatMap(stepsFrom([0, 0], tolerance)).flatMap(varint));
    if (text.length <= LONGEST) return text;
  }
  return objects.length ? null : "";
}

// Where the pen was: Fabric's curves are pulled to these points, and end half way between them.
function polyline(path, scale) {
  const limited = (value) => Math.min(Math.max(value * scale, -GRID), 2 * GRID);
  return path.map(([, x, y]) => [limited(x), limited(y)]);
}

function stepsFrom([x, y], tolerance) {
  return (line) => {
    const points = thinned(line, tolerance).map((point) => point.map(Math.round));
    const kept = points.filter((point, place) => !place || String(point) !== String(points[place - 1]));
    const steps = kept.flatMap((point) => {
      const step = [point[0] - x, point[1] - y];
      [x, y] = point;
      return step.map((each) => (each < 0 ? -2 * each - 1 : 2 * each));
    });
    return [kept.length, ...steps];
  };
}

// The points without which the line would be off by more than the tolerance (Ramer, Douglas and Peucker).
function thinned(line, tolerance) {
  const kept = new Set([0, line.length - 1]);
  const spans = [[0, line.length - 1]];
  while (spans.length) {
    const [first, last] = spans.pop();
    let [farthest, most] = [0, tolerance];
    for (let place = first + 1; place < last; place++) {
      const off = distance(line[place], line[first], line[last]);
      if (off > most) [farthest, most] = [place, off];
    }
    if (!farthest) continue;
    kept.add(farthest);
    spans.push([first, farthest], [farthest, last]);
  }
  return line.filter((_, place) => kept.has(place));
}

// From a point to the straight line between two others.
function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
  const there = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - ax - there * dx, y - ay - there * dy);
}

function varint(number) {
  return number < 128 ? [number] : [(number & 127) | 128, ...varint(number >> 7)];
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
