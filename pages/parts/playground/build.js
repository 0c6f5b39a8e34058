// The elements of the network: only when its shape or its room has changed.
function build(view, places) {
  view.places = places;
  const { root, model } = view;
  const stage = root.querySelector(".stage"), svg = root.querySelector(".edges"), units = root.querySelector(".units");
  stage.style.height = `${places.height}px`;
  svg.setAttribute("width", places.width);
  svg.setAttribute("height", places.height);
  svg.replaceChildren();
  units.replaceChildren();
  view.edges = [];
  view.units = [];
  buildFeatures(view, units);
  model.layers.forEach((layer, index) => {
    if (index < model.layers.length - 1) header(view, units, index);
    for (let unit = 0; unit < layer.units; unit++) {
      for (let from = 0; from < layer.given; from++) view.edges.push(edge(view, svg, index, unit, from));
      view.units.push(unitBox(view, units, index, unit));
    }
  });
  if (places.wide) toMap(view, svg);
  layerButtons(view, units);
  view.map.place(places);
}

function boxAt(parent, { x, y }, size, tag, attributes) {
  const made = element(parent, tag, attributes);
  Object.assign(made.style, { left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` });
  return made;
}

function buildFeatures(view, parent) {
  const { model, places } = view;
  model.features.forEach((feature, row) => {
    const at = places.feature(row);
    const label = element(parent, "span", { class: `name${feature.on ? "" : " off"}` }, feature.title);
    Object.assign(label.style, { right: `${places.width - at.x + 5}px`, top: `${at.y + places.size / 2 - 10}px` });
    const made = boxAt(parent, at, places.size, "button", { type: "button", class: `unit feature${feature.on ? "" : " off"}`, "aria-pressed": feature.on, "aria-label": `Feature ${feature.title}`, title: `${feature.title}: click to switch it ${feature.on ? "off" : "on"}` });
    const canvas = mapCanvas();
    made.append(canvas);
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => feature.value(view.grid[2 * i], view.grid[2 * i + 1]));
    made.onclick = () => view.act({ kind: "feature", name: feature.name });
    hovered(view, made, { values, name: feature.title });
    view.units.push({ feature: true, canvas, values });
  });
}

function hovered(view, box, over) {
  box.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") { view.over = over; view.paint(); } });
  box.addEventListener("pointerleave", () => { view.over = null; view.paint(); });
}

function header(view, parent, layer) {
  const { x, y } = view.places.header(layer);
  const { units } = view.model.layers[layer];
  const made = element(parent, "div", { class: `header${view.places.tight ? " tight" : ""}` });
  Object.assign(made.style, { left: `${x}px`, top: `${y}px` });
  const button = (text, title, to) => {
    const each = element(made, "button", { type: "button", title, "aria-label": title }, text);
    each.disabled = to < 1 || to > 16;
    each.onclick = () => view.act({ kind: "units", layer, units: to });
  };
  button("−", `One unit less in layer ${layer + 1}`, units - 1);
  element(made, "span", {}, `${units}`);
  button("+", `One unit more in layer ${layer + 1}`, units + 1);
}

function layerButtons(view, parent) {
  const hidden = view.model.layers.length - 1;
  const { x, y } = view.places.buttons;
  const made = element(parent, "div", { class: "header layers" });
  Object.assign(made.style, { left: `${x}px`, top: `${y}px` });
  for (const [text, title, more, able] of [["−", "One hidden layer less", false, hidden > 0], ["+", "One hidden layer more", true, hidden < 6]]) {
    const each = element(made, "button", { type: "button", title, "aria-label": title }, `${text} layer`);
    each.disabled = !able;
    each.onclick = () => view.act({ kind: "layers", more });
  }
}

function edge(view, svg, layer, unit, from) {
  const { places, model } = view, half = places.size / 2;
  const row = layer ? from : model.features.indexOf(model.inputs[from]);
  const a = layer ? places.unit(layer - 1, from) : places.feature(row), b = places.unit(layer, unit);
  const [x1, y1, x2, y2] = [a.x + places.size, a.y + half, b.x, b.y + half];
  const bend = (x2 - x1) / 2;
  const d = `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
  const group = drawnIn(svg, "g", { class: "edge", "data-edge": `${layer}.${unit}.${from}` });
  const line = drawnIn(group, "path", { d, class: "line" });
  const hit = drawnIn(group, "path", { d, class: "hit" });
  const place = model.layers[layer].weights + unit * model.layers[layer].given + from;
  const made = { line, place, layer, unit, from };
  hit.addEventListener("click", () => view.card.open({ kind: "edge", layer, unit, from }));
  hit.addEventListener("pointerenter", () => { view.tip = made; view.paint(); });
  hit.addEventListener("pointerleave", () => { view.tip = null; view.paint(); });
  return made;
}

// From the outputs to the map that they make together.
function toMap(view, svg) {
  const { places, model } = view, index = model.layers.length - 1, half = places.size / 2;
  for (let unit = 0; unit < model.layers[index].units; unit++) {
    const { x, y } = places.unit(index, unit), { map } = places;
    const d = `M${x + places.size},${y + half}C${map.x - 12},${y + half} ${x + places.size + 12},${map.y + places.large / 2} ${map.x},${map.y + places.large / 2}`;
    drawnIn(svg, "path", { d, class: "line answer" });
  }
}

function unitBox(view, parent, layer, unit) {
  const name = unitName(view, layer, unit);
  const box = boxAt(parent, view.places.unit(layer, unit), view.places.size, "button", { type: "button", class: "unit", "data-unit": `${layer}.${unit}`, "aria-label": `${capital(name)}: open its computation` });
  const canvas = mapCanvas();
  const bias = element(box, "i", { class: "bias" });
  bias.style.width = bias.style.height = `${Math.max(5, view.places.size * 0.2)}px`;
  box.prepend(canvas);
  box.onclick = () => view.card.open({ kind: "unit", layer, unit });
  hovered(view, box, { layer, unit, name });
  return { box, canvas, bias, layer, unit };
}
