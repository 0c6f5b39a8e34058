// Pictures of the same 28×28 pixels side by side; one pointer, or the arrow keys, reads all of them.

const SIDE = 28;
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default function({ data, parentElement }) {
  const root = parentElement.querySelector(".pixels"), box = root.querySelector(".panels"), said = root.querySelector(".said");
  const panels = data.panels.map((panel) => drawn(panel, root));
  box.replaceChildren(...panels.map((panel) => panel.figure));
  root.setAttribute("aria-label", `${data.alt} Arrow keys read the pixels.`);

  const read = (at) => {
    root.at = at;
    for (const panel of panels) panel.point(at);
    const found = at && panels.filter((panel) => panel.says).map((panel) => `${panel.title} ${panel.says(at)}`);
    said.textContent = at ? `Row ${at[0] + 1}, column ${at[1] + 1}: ${found.join("; ")}` : "";
  };
  box.onpointermove = box.onpointerdown = (event) => {
    const stage = event.target.closest(".stage:not(.missing)");
    if (stage) read(under(event, stage.querySelector("canvas")));
  };
  box.onpointerleave = () => read(null);
  root.onkeydown = (event) => {
    const step = ARROWS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const from = root.at ?? [SIDE / 2, SIDE / 2];
    read(from.map((each, i) => Math.min(SIDE - 1, Math.max(0, each + step[i]))));
  };
  root.onblur = () => read(null);
  read(root.at ?? null);
}

// A figure, and how it shows one of its pixels.
function drawn(panel, root) {
  const figure = make("figure"), stage = make("div", panel.missing ? "stage missing" : "stage", panel.missing);
  const caption = make("figcaption");
  caption.append(make("b", "", panel.title), make("p", "number", panel.said), make("p", "text", panel.text));
  figure.append(stage);
  if (panel.missing) {
    figure.append(make("div", "scale"), make("output", "value"), caption);
    return { figure, title: panel.title, point() {} };
  }
  const ink = unpacked(panel.image), values = panel.values && unpacked(panel.values);
  const label = `${panel.title}: ${panel.said}`;
  const below = layer(stage, values ? "under" : "", values ? "" : label);
  paintInk(below, ink, root);
  if (values) paint(layer(stage, "over", label), values, 1, [SIDE, SIDE], 1, (each) => colour(each, panel.top, true));
  const here = stage.appendChild(make("i", "here")), value = make("output", "value");
  figure.append(values ? scale(panel) : make("div", "scale"), value, caption);
  const says = ([row, column]) => {
    const i = SIDE * row + column;
    return values ? (values[i] > 0 ? "+" : "") + shown(values[i], 3) : `ink ${ink[i]} of 255`;
  };
  const strongest = values && panel.top ? values.reduce((best, each, i) => (Math.abs(each) > Math.abs(values[best]) ? i : best), 0) : null;
  const usual = strongest === null ? "" : `strongest: ${says([Math.floor(strongest / SIDE), strongest % SIDE])}`;
  const point = (at) => {
    here.hidden = !at;
    value.textContent = at ? says(at) : usual;
    if (at) Object.assign(here.style, { top: `${(100 * at[0]) / SIDE}%`, left: `${(100 * at[1]) / SIDE}%` });
  };
  return { figure, title: panel.title, point, says };
}

function layer(stage, name, label) {
  const canvas = stage.appendChild(make("canvas", name));
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  } else canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

// The colours from the lowest to the highest value.
function scale(panel) {
  const box = make("div", "scale"), bar = make("i"), low = panel.low === "0" ? 0 : -1;
  const stops = Array.from({ length: 11 }, (_, at) => css(panel.top * (low + (at / 10) * (1 - low)), panel.top, true));
  bar.style.background = `linear-gradient(to right, ${stops.join()})`;
  box.append(panel.low, bar, panel.high);
  return box;
}
