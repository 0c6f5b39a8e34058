// A dense network as a drawing: values go forward, gradients come back. All numbers come with the data, so that stepping,
// playing and clicking ask the server nothing; only an edit and another update do.

const CARD = "dlcore_network_card";

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
  const moved = (frame) => {
    view.step = frame;
    bar.show(frame);
    paint(view, root);
  };
  clock.members.add(moved);
  clock.members.add(() => clock.playing && view.training.stop());
  view.training = training(view, root, () => paint(view, root));

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
    picker(view, root);
    view.training.load(view.data);
    redraw(view, root);
    const answered = data.steps.findIndex((each) => each.kind === "loss");
    clock.load({ token: `${data.shape}|${data.done}`, count: data.steps.length, fps: 0.55, arrive: another ? answered : "keep" });
    moved(clock.frame);
  };
  view.choose = (chosen) => {
    view.chosen = chosen;
    sessionStorage.setItem(CARD, JSON.stringify({ shape: view.data.shape, chosen }));
    paint(view, root);
  };
  view.close = () => {
    clock.playing = false;
    clock.members.clear();
    view.training.close();
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
    const first = p.at(layer, 0), last = p.at(layer, count - 1), w = p.unit.wide / 2 + 8, h = p.unit.high / 2 + 8;
    const band = drawn(bands, "rect", { class: "band", x: first.x - w, y: first.y - h, width: last.x - first.x + 2 * w, height: last.y - first.y + 2 * h + p.below, rx: 16 });
    band.layer = layer;
    const label = drawn(labels, "text", { class: "head", ...head, "text-anchor": p.wide ? "middle" : "start" });
    if (p.wide) {
      drawn(label, "tspan", { x: head.x }, name);
      if (layer) drawn(label, "tspan", { x: head.x, dy: 17, class: "muted" }, titles[layer]);
    } else label.textContent = layer ? `${name}: ${titles[layer]}` : name;
    const spots = layer && few(view, layer) ? labelSpots(p, units, layer) : null;
    for (let i = 0; i < count; i++) {
      if (layer) for (let j = 0; j < units[layer - 1]; j++) view.edges.push(edge(view, edges, labels, layer, i, j, spots?.[i][j], root));
      view.nodes.push(node(view, nodes, layer, i, root));
    }
  });
  units.at(-1) && lossBox(view, edges, nodes, root);
  svg.addEventListener("keydown", (event) => travel(view, event));
  paint(view, root);
}

function edge(view, parent, labels, layer, i, j, spot, root) {
  const p = view.places;
  const a = p.at(layer - 1, j), b = p.at(layer, i);
  const line = `M${a.x},${a.y}L${b.x},${b.y}`;
  const group = drawn(parent, "g", { class: "edge" });
  const hit = drawn(group, "path", { d: line, class: "hit" });
  const seen = drawn(group, "path", { d: line, class: "line" });
  const flow = drawn(group, "path", { d: line, class: "flow" });
  const { x, y } = spot ?? along(a, b, spread(p, view.data.units, layer, j));
  const text = drawn(labels, "text", { x, y: y + 5, class: "weight", "text-anchor": "middle" });
  for (const each of [hit, text]) each.addEventListener("click", () => view.choose({ kind: "edge", layer, i, j }));
  hit.addEventListener("pointerenter", () => { view.over = made; paint(view, root); });
  hit.addEventListener("pointerleave", () => { view.over = null; paint(view, root); });
  drawn(group, "title", {}, `Weight from unit ${j + 1} to unit ${i + 1} of layer ${layer}. ${view.data.glossary.weight}`);
  group.dataset.edge = `${layer}.${i}.${j}`;
  const made = { layer, i, j, group, seen, flow, text };
  return made;
}

function node(view, parent, layer, i, root) {
  const p = view.places, at = p.at(layer, i), { wide, high, round, rows } = p.unit;
  const group = drawn(parent, "g", { class: "node", role: "button", tabindex: layer || i ? -1 : 0, transform: `translate(${at.x},${at.y})` });
  if (layer && p.below) drawn(group, "rect", { class: "tag", x: -29, y: high / 2 + 2, width: 58, height: p.below - 2, rx: 6 });
  const disc = drawn(group, "rect", { class: "disc", x: -wide / 2, y: -high / 2, width: wide, height: high, rx: round });
  const [value, bias, error] = ["value", "bias", "error"].map((name, row) =>
    drawn(group, "text", { class: name, y: layer || row ? rows[row] : 5, "text-anchor": "middle" }));
  const target = layer === view.data.units.length - 1 && p.wide ? drawn(group, "text", { class: "target", x: wide / 2 + 8, y: 5 }) : null;
  const { bias: b, δ } = view.data.glossary;
  if (layer) drawn(group, "title", {}, `a: the output of this unit.\nb: its bias. ${b}\nδ: ${δ}`);
  const made = { layer, i, group, disc, value, bias, error, target };
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
  const box = drawn(group, "rect", { class: "disc", x: -46, y: -27, width: 92, height: 54, rx: 12 });
  drawn(group, "text", { class: "muted", y: -8, "text-anchor": "middle" }, "loss J");
  drawn(group, "title", {}, view.data.glossary.loss);
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
  const L = view.data.units.length - 1;
  if (view.training.on()) return { step: { kind: "training", layer: 0 }, forward: L, back: L + 1, loss: true, updated: false };
  const step = view.data.steps[view.step];
  const forward = { start: 0, forward: step.layer }[step.kind] ?? L;
  const back = { start: L + 1, forward: L + 1, loss: L + 1, backward: step.layer }[step.kind] ?? 1;
  return { step, forward, back, loss: !["start", "forward"].includes(step.kind), updated: step.kind === "update" };
}

function paint(view, root) {
  if (!view.nodes) return;
  const { data, sample, places: p, chosen } = view;
  const now = known(view), filmed = view.training.on();
  const v = (view.values = filmed ? view.training.values() : data.values);
  const scale = extremes(v);
  root.dataset.step = view.step;
  root.classList.toggle("filmed", filmed);
  for (const each of root.querySelectorAll(".band")) each.classList.toggle("active", now.step.layer === each.layer && now.step.layer > 0 || now.step.kind === "start" && !each.layer || now.updated && each.layer > 0);
  for (const each of view.edges) paintEdge(view, each, now, scale);
  for (const each of view.nodes) {
    if (each.group.dataset.node === "loss") {
      each.value.textContent = now.loss ? shown(now.updated ? v.newJ : v.J, 3) : "";
      each.group.classList.toggle("active", now.step.kind === "loss" || now.updated);
      each.group.classList.toggle("chosen", chosen?.kind === "loss");
      each.group.setAttribute("aria-label", `The loss J${now.loss ? ` is ${shown(now.updated ? v.newJ : v.J)}` : ""}`);
      continue;
    }
    const there = each.layer <= now.forward;
    const a = v.A[each.layer][each.i][sample];
    each.value.textContent = there ? brief(a, p.tight) : "";
    each.disc.style.fill = there ? tint(a, scale.A, 0.62) : "var(--st-background-color)";
    const blamed = each.layer >= Math.max(1, now.back);
    const delta = blamed ? v.delta[each.layer][each.i][sample] : 0;
    const bias = each.layer ? (now.updated ? v.newb : v.b)[each.layer][each.i] : 0;
    const named = (name, number) => (p.tight ? brief(number, true) : `${name} ${brief(number)}`);
    each.error.textContent = blamed ? named("δ", delta) : "";
    each.bias.textContent = each.layer && !(blamed && p.shared) ? named("b", bias) : "";
    each.disc.style.stroke = blamed ? signColour(delta) : "";
    each.disc.style.strokeWidth = blamed ? 1.5 + (5 * Math.abs(delta)) / scale.delta : "";
    if (each.target) each.target.textContent = `y ${brief(v.Y[each.i][sample])}`;
    each.group.classList.toggle("chosen", chosen?.kind === "node" && chosen.layer === each.layer && chosen.i === each.i);
    const name = each.layer ? `Unit ${each.i + 1} of layer ${each.layer}` : `Input ${each.i + 1}`;
    each.group.setAttribute("aria-label", `${name}${there ? `: a is ${shown(a)}` : ""}${each.layer ? `, its bias is ${shown(bias)}` : ""}${blamed ? `, δ is ${shown(delta)}` : ""}`);
  }
  if (filmed) return view.training.paint();
  const symbols = root.querySelector(".symbols"), numbers = root.querySelector(".numbers");
  root.querySelector(".words").textContent = now.step.words;
  symbols.innerHTML = now.step.symbols.join("");
  numbers.innerHTML = now.step.numbers.map((each) => filled(each, (path) => number(view, path))).join("");
  card(view, root);
}

// Whether the weights of a layer are so few that each has its number beside it.
function few({ data: { units }, places: p }, layer) {
  return units[layer] * units[layer - 1] <= (p.wide ? 12 : 6) && p.gap >= 96;
}

function paintEdge(view, each, now, scale) {
  const { data, places: p, chosen, over, values: v } = view;
  const { layer, i, j } = each;
  const gradient = !now.updated && layer >= now.back;
  const value = gradient ? v.dW[layer][i][j] : now.updated ? v.newW[layer][i][j] : v.W[layer][i][j];
  each.seen.style.stroke = signColour(value);
  each.seen.style.strokeWidth = 1 + (5.5 * Math.abs(value)) / (gradient ? scale.dW : scale.W);
  const active = now.step.layer === layer && ["forward", "backward"].includes(now.step.kind);
  const is = (one) => one && one.layer === layer && one.i === i && (one.j === undefined || one.j === j);
  const picked = chosen?.kind === "edge" && is(chosen);
  each.group.classList.toggle("chosen", picked);
  each.group.classList.toggle("gradient", gradient);
  const own = (one) => is(one) && (one.j !== undefined || one.layer > 0);
  const mine = own(over) || (chosen?.kind === "node" && own(chosen));
  const picking = [over, chosen].some((one) => one && one.layer === layer);
  each.group.classList.toggle("aside", !few(view, layer) && picking && !mine && !picked);
  const show = few(view, layer) || picked || (mine && (p.gap >= 130 || data.units[layer - 1] <= 4));
  const calm = data.units[layer] * data.units[layer - 1] <= 24;
  each.flow.setAttribute("class", active && (calm || mine || picked) ? `flow ${now.step.kind}` : "flow off");
  each.text.textContent = show ? brief(value) : "";
  each.text.classList.toggle("chosen", picked);
}

function extremes(v) {
  const most = (name) => Math.max(1e-300, ...(v[name] ?? []).flat(3).filter(Number.isFinite).map(Math.abs));
  return { A: Math.max(1, most("A")), W: Math.max(most("W"), most("newW")), dW: most("dW"), delta: most("delta") };
}
