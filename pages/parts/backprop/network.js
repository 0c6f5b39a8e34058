// A dense network as a drawing: values go forward, gradients come back. All numbers come with the data, so that stepping,
// playing and clicking ask the server nothing; only an edit and "next update" do.

const WIDE = 620;
const NODE = { wide: 23, tall: 21 };
const HIGH = { wide: 434, tall: 620 }; // of any network, so that nothing below it moves when its size changes
const CARD = "dlcore_network_card";
const TO_LOSS = 138; // from the outputs to the loss: room for the targets in between

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".network");
  const view = (root.view ??= mount(root));
  view.send = setTriggerValue;
  view.load(data);
  return whenGone(root, () => {
    view.close();
    root.view = undefined;
  });
}

function mount(root) {
  const part = (name) => root.querySelector(`.${name}`);
  const view = { data: null, step: 0, sample: 1, chosen: null, shape: "", width: 0, send: () => {} };
  const clock = group(`network-${Math.random()}`);
  const bar = playerBar(clock, { label: (frame) => view.data?.steps[frame]?.title ?? "" });
  part("bar").append(bar);
  const advance = part("advance");
  advance.onclick = () => view.send("advance", view.data.done + 1);
  const moved = (frame) => {
    view.step = frame;
    bar.show(frame);
    paint(view, root);
  };
  clock.members.add(moved);

  const resized = new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - view.width) > 4) requestAnimationFrame(() => view.data && redraw(view, root));
  });
  resized.observe(root);
  const themed = new MutationObserver(() => requestAnimationFrame(() => view.data && paint(view, root)));
  const app = document.querySelector("[data-testid=stApp]");
  if (app) themed.observe(app, { attributes: true, attributeFilter: ["class", "style"] });

  view.load = (data) => {
    const another = view.data?.shape !== data.shape;
    view.data = { ...data, values: revived(data.values) };
    view.sample = Math.min(view.sample, data.samples.length - 1);
    if (another) view.chosen = kept(data.shape);
    advance.disabled = !data.more;
    picker(view, root);
    redraw(view, root);
    clock.load({ token: `${data.shape}|${data.done}`, count: data.steps.length, fps: 0.55, arrive: another ? "start" : "keep" });
    moved(clock.frame);
  };
  view.choose = (chosen) => {
    view.chosen = chosen;
    sessionStorage.setItem(CARD, JSON.stringify({ shape: view.data.shape, chosen }));
    paint(view, root);
  };
  view.close = () => {
    clock.playing = false;
    clock.members.delete(moved);
    resized.disconnect();
    themed.disconnect();
  };
  return view;
}

// The card that was open on a network of this shape, before the page was left or loaded again.
function kept(shape) {
  try {
    const found = JSON.parse(sessionStorage.getItem(CARD));
    return found?.shape === shape ? found.chosen : null;
  } catch {
    return null;
  }
}

// Which sample of the batch is looked at.
function picker(view, root) {
  const place = root.querySelector(".samples");
  const names = view.data.samples;
  place.hidden = names.length < 2;
  const select = place.querySelector("select");
  select.replaceChildren(...names.map((name, index) => new Option(name, index, false, index === view.sample)));
  select.onchange = () => {
    view.sample = Number(select.value);
    paint(view, root);
  };
}

// Where everything stands. Wide: layers from left to right; narrow: from top to bottom.
function places(view, width) {
  const { units } = view.data;
  const wide = width >= WIDE;
  const most = Math.max(...units);
  const height = wide ? HIGH.wide : HIGH.tall;
  if (wide) {
    const gap = Math.min((height - 62) / most, 96);
    const left = 46;
    const step = (width - left - 62 - TO_LOSS) / (units.length - 1);
    const x = (layer) => left + layer * step;
    const middle = 46 + (height - 62) / 2;
    const at = (layer, unit) => ({ x: x(layer), y: middle + (unit - (units[layer] - 1) / 2) * gap });
    const radius = Math.min(NODE.wide, gap / 2 - 5);
    const head = (layer) => ({ x: x(layer), y: 16 });
    return { wide, width, height, at, loss: { x: width - 62, y: middle }, head, gap: step, radius, tight: radius < 20 };
  }
  const gap = (height - 98) / units.length;
  const across = width / most;
  const y = (layer) => 64 + layer * gap;
  const at = (layer, unit) => ({ x: width / 2 + (unit - (units[layer] - 1) / 2) * Math.min(across, 92), y: y(layer) });
  const radius = Math.min(NODE.tall, across / 2 - 2);
  return {
    wide, width, height, at, loss: { x: width / 2, y: y(units.length) - 8 },
    head: (layer) => ({ x: 4, y: y(layer) - radius - 10 }), gap, radius, tight: across < 52,
  };
}

// Builds the picture anew: only when its shape or its room has changed.
function redraw(view, root) {
  view.width = root.clientWidth;
  if (!view.width) return;
  const shape = `${view.data.shape}|${view.width}`;
  const p = (view.places = places(view, view.width));
  if (view.shape === shape) return paint(view, root);
  view.shape = shape;
  root.classList.toggle("tall", !p.wide);
  const stage = root.querySelector(".stage");
  stage.replaceChildren();
  const svg = drawn(stage, "svg", { viewBox: `0 0 ${p.width} ${p.height}`, width: p.width, height: p.height, role: "group", "aria-label": "The network. Arrow keys move from unit to unit, Enter shows its computation." });
  const layers = (name) => drawn(svg, "g", { class: name });
  const [bands, edges, labels, nodes] = ["bands", "edges", "labels", "nodes"].map(layers);
  view.edges = [];
  view.nodes = [];
  const { units, titles } = view.data;
  units.forEach((count, layer) => {
    const head = p.head(layer);
    const name = layer ? `layer ${layer}` : "input";
    const first = p.at(layer, 0), last = p.at(layer, count - 1), r = p.radius + 9;
    const band = drawn(bands, "rect", { class: "band", x: first.x - r, y: first.y - r, width: last.x - first.x + 2 * r, height: last.y - first.y + 2 * r + 12, rx: 16 });
    band.layer = layer;
    const label = drawn(bands, "text", { class: "head", ...head, "text-anchor": p.wide ? "middle" : "start" });
    if (p.wide) {
      drawn(label, "tspan", { x: head.x }, name);
      if (layer) drawn(label, "tspan", { x: head.x, dy: 17, class: "muted" }, titles[layer]);
    } else label.textContent = layer ? `${name}: ${titles[layer]}` : name;
    for (let i = 0; i < count; i++) {
      if (layer) for (let j = 0; j < units[layer - 1]; j++) view.edges.push(edge(view, edges, labels, layer, i, j, root));
      view.nodes.push(node(view, nodes, layer, i, root));
    }
  });
  units.at(-1) && lossBox(view, edges, nodes, root);
  svg.addEventListener("keydown", (event) => travel(view, event));
  paint(view, root);
}

function edge(view, parent, labels, layer, i, j, root) {
  const p = view.places;
  const a = p.at(layer - 1, j), b = p.at(layer, i);
  const line = `M${a.x},${a.y}L${b.x},${b.y}`;
  const group = drawn(parent, "g", { class: "edge" });
  const hit = drawn(group, "path", { d: line, class: "hit" });
  const seen = drawn(group, "path", { d: line, class: "line" });
  const flow = drawn(group, "path", { d: line, class: "flow" });
  const many = view.data.units[layer - 1];
  const spreads = view.data.units[layer] >= many;
  const [near, far] = p.wide ? [0.3, 0.72] : spreads ? [0.48, 0.68] : [0.3, 0.5];
  const t = many === 1 ? 0.55 : near + ((far - near) * j) / (many - 1);
  const x = a.x + (b.x - a.x) * t, y = a.y + (b.y - a.y) * t;
  const text = drawn(labels, "text", { x, y: y + 5, class: "weight", "text-anchor": "middle" });
  for (const each of [hit, text]) each.addEventListener("click", () => view.choose({ kind: "edge", layer, i, j }));
  hit.addEventListener("pointerenter", () => { view.over = made; paint(view, root); });
  hit.addEventListener("pointerleave", () => { view.over = null; paint(view, root); });
  drawn(group, "title", {}, `weight from unit ${j + 1} to unit ${i + 1} of layer ${layer}`);
  group.dataset.edge = `${layer}.${i}.${j}`;
  const made = { layer, i, j, group, seen, flow, text };
  return made;
}

function node(view, parent, layer, i, root) {
  const p = view.places, at = p.at(layer, i);
  const group = drawn(parent, "g", { class: "node", role: "button", tabindex: layer || i ? -1 : 0, transform: `translate(${at.x},${at.y})` });
  const disc = drawn(group, "circle", { r: p.radius });
  const value = drawn(group, "text", { class: "value", y: 5, "text-anchor": "middle" });
  const beside = p.wide && p.tight ? { x: p.radius + 3, y: 16 } : { y: p.radius + 15, "text-anchor": "middle" };
  const error = drawn(group, "text", { class: "error", ...beside });
  const target = layer === view.data.units.length - 1 && p.wide ? drawn(group, "text", { class: "target", x: p.radius + 10, y: 5 }) : null;
  const made = { layer, i, group, disc, value, error, target };
  pressable(group, () => { focusOn(view, made); view.choose({ kind: "node", layer, i }); });
  group.addEventListener("pointerenter", () => { view.over = made; paint(view, root); });
  group.addEventListener("pointerleave", () => { view.over = null; paint(view, root); });
  group.dataset.node = `${layer}.${i}`;
  return made;
}

function lossBox(view, edges, parent) {
  const p = view.places, at = p.loss;
  const last = view.data.units.length - 1;
  for (let i = 0; i < view.data.units[last]; i++) {
    const from = p.at(last, i);
    drawn(edges, "path", { d: `M${from.x},${from.y}L${at.x},${at.y}`, class: "toloss" });
  }
  const group = drawn(parent, "g", { class: "node loss", role: "button", tabindex: -1, transform: `translate(${at.x},${at.y})` });
  const box = drawn(group, "rect", { x: -46, y: -27, width: 92, height: 54, rx: 12 });
  drawn(group, "text", { class: "muted", y: -8, "text-anchor": "middle" }, "loss J");
  const value = drawn(group, "text", { class: "value", y: 14, "text-anchor": "middle" });
  const made = { layer: last + 1, i: 0, group, disc: box, value };
  pressable(group, () => { focusOn(view, made); view.choose({ kind: "loss" }); });
  group.dataset.node = "loss";
  view.nodes.push(made);
}

function focusOn(view, target) {
  for (const each of view.nodes) each.group.setAttribute("tabindex", each === target ? 0 : -1);
  target.group.focus({ preventScroll: true });
}

// Arrow keys: along a layer, and to the next or the last one.
function travel(view, event) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const way = ways[event.key];
  const here = view.nodes.find((each) => each.group === event.target);
  if (!way || !here) return;
  event.preventDefault();
  const [layers, along] = view.places.wide ? way : [way[1], way[0]];
  const rows = view.nodes.filter((each) => each.layer === here.layer + layers);
  const next = along ? rows.find((each) => each.i === here.i + along) : rows[Math.min(here.i, rows.length - 1)];
  if (next) focusOn(view, next);
}

// What is known at this step.
function known(view) {
  const step = view.data.steps[view.step];
  const L = view.data.units.length - 1;
  const forward = { start: 0, forward: step.layer }[step.kind] ?? L;
  const back = { start: L + 1, forward: L + 1, loss: L + 1, backward: step.layer }[step.kind] ?? 1;
  return { step, forward, back, loss: !["start", "forward"].includes(step.kind), updated: step.kind === "update" };
}

function paint(view, root) {
  if (!view.nodes) return;
  const { data, sample, places: p, chosen } = view;
  const v = data.values, now = known(view);
  const scale = extremes(v);
  root.dataset.step = view.step;
  for (const each of root.querySelectorAll(".band")) each.classList.toggle("active", now.step.layer === each.layer && now.step.layer > 0 || now.step.kind === "start" && !each.layer || now.updated && each.layer > 0);
  for (const each of view.edges) paintEdge(view, each, now, scale);
  for (const each of view.nodes) {
    if (each.group.dataset.node === "loss") {
      each.value.textContent = now.loss ? shown(now.updated ? v.newJ : v.J) : "";
      each.group.classList.toggle("active", now.step.kind === "loss" || now.updated);
      each.group.classList.toggle("chosen", chosen?.kind === "loss");
      each.group.setAttribute("aria-label", `The loss J${now.loss ? ` is ${shown(v.J)}` : ""}`);
      continue;
    }
    const there = each.layer <= now.forward;
    const a = v.A[each.layer][each.i][sample];
    each.value.textContent = there ? brief(a, p.tight) : "";
    each.disc.style.fill = there ? tint(a, scale.A, 0.62) : "var(--st-background-color)";
    const blamed = each.layer >= Math.max(1, now.back);
    const delta = each.layer ? v.delta[each.layer][each.i][sample] : 0;
    each.error.textContent = blamed ? (p.tight ? brief(delta, true) : `δ ${brief(delta)}`) : "";
    each.disc.style.stroke = blamed ? signColour(delta) : "";
    each.disc.style.strokeWidth = blamed ? 1.5 + (5 * Math.abs(delta)) / scale.delta : "";
    if (each.target) each.target.textContent = `y ${brief(v.Y[each.i][sample])}`;
    each.group.classList.toggle("chosen", chosen?.kind === "node" && chosen.layer === each.layer && chosen.i === each.i);
    const name = each.layer ? `Unit ${each.i + 1} of layer ${each.layer}` : `Input ${each.i + 1}`;
    each.group.setAttribute("aria-label", `${name}${there ? `: a is ${shown(a)}` : ""}${blamed ? `, δ is ${shown(delta)}` : ""}`);
  }
  const symbols = root.querySelector(".symbols"), numbers = root.querySelector(".numbers");
  root.querySelector(".words").textContent = now.step.words;
  symbols.innerHTML = now.step.symbols.join("");
  numbers.innerHTML = now.step.numbers.map((each) => filled(each, (path) => number(view, path))).join("");
  card(view, root);
}

function paintEdge(view, each, now, scale) {
  const { data, places: p, chosen, over } = view;
  const v = data.values, { layer, i, j } = each;
  const gradient = !now.updated && layer >= now.back;
  const value = gradient ? v.dW[layer][i][j] : now.updated ? v.newW[layer][i][j] : v.W[layer][i][j];
  each.seen.style.stroke = signColour(value);
  each.seen.style.strokeWidth = 1 + (5.5 * Math.abs(value)) / (gradient ? scale.dW : scale.W);
  const active = now.step.layer === layer && ["forward", "backward"].includes(now.step.kind);
  const is = (one) => one && one.layer === layer && one.i === i && (one.j === undefined || one.j === j);
  const picked = chosen?.kind === "edge" && is(chosen);
  each.group.classList.toggle("chosen", picked);
  each.group.classList.toggle("gradient", gradient);
  const few = data.units[layer] * data.units[layer - 1] <= (p.wide ? 12 : 6) && p.gap >= 96;
  const mine = is(over) || (chosen?.kind === "node" && is(chosen));
  const show = few || picked || (mine && (p.gap >= 130 || data.units[layer - 1] <= 4));
  const calm = data.units[layer] * data.units[layer - 1] <= 24;
  each.flow.setAttribute("class", active && (calm || mine || picked) ? `flow ${now.step.kind}` : "flow off");
  each.text.textContent = show ? brief(value) : "";
  each.text.classList.toggle("chosen", picked);
}

function extremes(v) {
  const most = (name) => Math.max(1e-300, ...v[name].flat(3).filter(Number.isFinite).map(Math.abs));
  return { A: Math.max(1, most("A")), W: Math.max(most("W"), most("newW")), dW: most("dW"), delta: most("delta") };
}

// The number at a place of a formula; i, j are those of what was chosen, s is the sample that is looked at.
function number(view, path) {
  const { chosen, sample, data } = view;
  const letters = { i: chosen?.i, j: chosen?.j, s: sample };
  const [name, ...rest] = path.split(".");
  if (name in letters && !rest.length) return letters[name];
  const at = rest.map((each) => letters[each] ?? Number(each));
  const v = data.values;
  if (name === "wa") return v.W[at[0]][at[1]][at[2]] * v.A[at[0] - 1][at[2]][at[3]];
  if (name === "dw") return v.delta[at[0]][at[1]][at[3]] * v.A[at[0] - 1][at[2]][at[3]];
  return at.reduce((value, index) => value?.[index], v[name]);
}

// The computation of what was clicked, and the field that changes it.
function card(view, root) {
  const place = root.querySelector(".card"), { chosen, data } = view;
  root.querySelector(".hint").hidden = Boolean(chosen);
  place.hidden = !chosen;
  if (!chosen) return;
  const last = data.units.length - 1;
  const kind = chosen.kind === "node" && !chosen.layer ? "input" : chosen.kind;
  const lines = { node: () => data.cards.unit[chosen.layer], edge: () => data.cards.weight[chosen.layer], input: () => data.cards.input, loss: () => data.cards.loss }[kind]();
  const titles = {
    node: () => `Unit ${chosen.i + 1} of layer ${chosen.layer}`,
    edge: () => `Weight from ${chosen.layer > 1 ? `unit ${chosen.j + 1} of layer ${chosen.layer - 1}` : `input ${chosen.j + 1}`} to unit ${chosen.i + 1} of layer ${chosen.layer}`,
    input: () => `Input ${chosen.i + 1}`,
    loss: () => "The loss",
  };
  place.querySelector(".title").textContent = titles[kind]();
  place.querySelector(".close").onclick = () => view.choose(null);
  place.querySelector(".lines").innerHTML = lines
    .map(([label, math]) => `<div class="formula"><span>${label}</span><div class="math">${filled(math, (path) => number(view, path))}</div></div>`)
    .join("");
  const weights = place.querySelector(".weights");
  const from = kind === "node" ? data.units[chosen.layer - 1] : 0;
  weights.hidden = !from;
  weights.replaceChildren(...Array.from({ length: from }, (_, j) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.textContent = `w${chosen.i + 1}${j + 1} = ${shown(data.values.W[chosen.layer][chosen.i][j])}`;
    chip.onclick = () => view.choose({ kind: "edge", layer: chosen.layer, i: chosen.i, j });
    return chip;
  }));
  const edits = { node: () => [["b", chosen.layer, chosen.i + 1], "bias", data.values.b[chosen.layer]?.[chosen.i]], edge: () => [["W", chosen.layer, chosen.i + 1, chosen.j + 1], "weight", data.values.W[chosen.layer][chosen.i][chosen.j]], input: () => [["X", data.places[view.sample] + 1, chosen.i + 1], "input", data.values.A[0][chosen.i][view.sample]], loss: () => null };
  const fields = [edits[kind]()].filter(Boolean);
  if (kind === "node" && chosen.layer === last) fields.push([["Y", data.places[view.sample] + 1, chosen.i + 1], "target y", data.values.Y[chosen.i][view.sample]]);
  editor(view, place.querySelector(".edit"), fields);
}

function editor(view, place, fields) {
  const token = JSON.stringify(fields);
  if (place.token === token) return;
  place.token = token;
  place.replaceChildren(...fields.map(([name, label, value]) => {
    const form = document.createElement("form");
    const field = Object.assign(document.createElement("input"), { type: "number", step: "any", value: Number(value.toPrecision(6)), required: true });
    const words = document.createElement("label");
    words.append(`Set this ${label} `, field);
    const send = Object.assign(document.createElement("button"), { type: "submit", textContent: "Set" });
    form.append(words, send);
    form.onsubmit = (event) => {
      event.preventDefault();
      if (Number.isFinite(field.valueAsNumber)) view.send("edit", { name, value: field.valueAsNumber });
    };
    return form;
  }));
}
