// The computational graph of an expression: values forward, gradients back, one node at a time. All numbers come with the data.

const BOX = { width: 92, height: 56 }; // narrower on a phone
const ROOM = { wide: { along: 138, across: 74 }, narrow: { along: 100, across: 88 } };

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".graph");
  const view = (root.view ??= mount(root));
  view.load(data);
  return whenGone(root, () => {
    view.close();
    root.view = undefined;
  });
}

function mount(root) {
  const view = { data: null, step: 0, width: 0, nodes: [], edges: [] };
  const clock = group(`graph-${Math.random()}`);
  const bar = playerBar(clock, { label: (frame) => view.data?.steps[frame]?.title ?? "" });
  root.querySelector(".bar").append(bar);
  const moved = (frame) => {
    view.step = frame;
    bar.show(frame);
    paint(view, root);
  };
  clock.members.add(moved);
  view.go = (step) => clock.step(step - clock.frame);
  const resized = new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - view.width) > 4) requestAnimationFrame(() => view.data && redraw(view, root));
  });
  resized.observe(root);
  view.load = (data) => {
    const another = view.data?.text !== data.text;
    view.data = revived(data);
    redraw(view, root);
    clock.load({ token: data.text, count: data.steps.length, fps: 0.6, arrive: another ? "start" : "keep" });
    moved(clock.frame);
  };
  view.close = () => {
    clock.playing = false;
    clock.members.delete(moved);
    resized.disconnect();
  };
  return view;
}

function redraw(view, root) {
  view.width = root.clientWidth;
  if (!view.width) return;
  const { data } = view;
  const wide = view.width >= 620;
  const room = wide ? ROOM.wide : ROOM.narrow;
  BOX.width = wide ? 92 : 84;
  const { layers, slots } = data;
  const along = wide ? Math.max(118, Math.min(170, (view.width - BOX.width - 12) / Math.max(1, layers - 1))) : room.along;
  const across = slots * room.across;
  const length = (layers - 1) * along + BOX.width + 12;
  const width = wide ? length : Math.max(view.width, across);
  const height = wide ? across + 8 : (layers - 1) * along + BOX.height + 12;
  const at = ([layer, slot]) => wide
    ? { x: BOX.width / 2 + 6 + layer * along, y: height / 2 + slot * room.across }
    : { x: width / 2 + slot * room.across, y: BOX.height / 2 + 6 + layer * along };
  const stage = root.querySelector(".stage");
  stage.classList.toggle("wide", wide);
  stage.replaceChildren();
  const svg = drawn(stage, "svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `The graph of ${data.text}` });
  const [edges, labels, nodes] = ["edges", "labels", "nodes"].map((name) => drawn(svg, "g", { class: name }));
  view.edges = data.edges.map((each) => edge(each, edges, labels, at, wide));
  view.nodes = data.vertices.map((each, place) => vertex(view, each, place, nodes, at));
  paint(view, root);
}

function edge(each, parent, labels, at, wide) {
  const points = each.points.map(at);
  const end = points.at(-1), start = points[0];
  if (wide) { start.x += BOX.width / 2; end.x -= BOX.width / 2 + 4; } else { start.y += BOX.height / 2; end.y -= BOX.height / 2 + 4; }
  let path = `M${start.x},${start.y}`;
  for (let k = 1; k < points.length; k++) {
    const a = points[k - 1], b = points[k];
    path += wide ? `C${(a.x + b.x) / 2},${a.y} ${(a.x + b.x) / 2},${b.y} ${b.x},${b.y}` : `C${a.x},${(a.y + b.y) / 2} ${b.x},${(a.y + b.y) / 2} ${b.x},${b.y}`;
  }
  const line = drawn(parent, "path", { d: path, class: "line" });
  const head = wide ? `M${end.x - 3},${end.y - 5}l7,5l-7,5z` : `M${end.x - 5},${end.y - 3}l5,7l5,-7z`;
  const tip = drawn(parent, "path", { d: head, class: "tip" });
  const flow = drawn(parent, "path", { d: path, class: "flow off" });
  const last = points.length - 1, a = points[last - 1], b = points[last];
  const text = drawn(labels, "text", { x: a.x + (b.x - a.x) * 0.5, y: a.y + (b.y - a.y) * 0.5 + 5, class: "partial", "text-anchor": "middle" });
  return { ...each, line, tip, flow, text };
}

function vertex(view, each, place, parent, at) {
  const { x, y } = at(each.at);
  const box = drawn(parent, "g", { class: `vertex ${each.kind}`, role: "button", tabindex: 0, transform: `translate(${x},${y})`, "data-vertex": place });
  drawn(box, "rect", { x: -BOX.width / 2, y: -BOX.height / 2, width: BOX.width, height: BOX.height, rx: each.kind === "call" ? 10 : 24 });
  const name = drawn(box, "text", { class: "sign", y: -12, "text-anchor": "middle" }, each.sign);
  if (each.name && each.kind === "call") drawn(name, "tspan", { class: "muted" }, `  ${each.name}`);
  const value = drawn(box, "text", { class: "value", y: 5, "text-anchor": "middle" });
  const gradient = drawn(box, "text", { class: "gradient", y: 22, "text-anchor": "middle" });
  pressable(box, () => {
    const back = view.data.steps[view.step].kind === "backward" || view.data.steps[view.step].kind === "seed";
    const find = (kind) => view.data.steps.findIndex((step) => step.vertex === place && step.kind === kind);
    const wanted = [find(back ? "backward" : "forward"), find("forward")].find((step) => step >= 0);
    view.go(wanted ?? (back ? view.data.steps.length - 1 : 0));
  });
  return { box, value, gradient };
}

function paint(view, root) {
  const { data } = view, step = data.steps[view.step];
  root.dataset.step = view.step;
  const most = Math.max(1e-300, ...step.gradients.filter((each) => each !== null && Number.isFinite(each)).map(Math.abs));
  view.nodes.forEach(({ box, value, gradient }, place) => {
    const known = step.values[place], back = step.gradients[place];
    value.textContent = known === null ? "" : shown(known);
    gradient.textContent = back === null ? "" : `∂ ${shown(back)}`;
    gradient.style.fill = back === null ? "" : `color-mix(in srgb, ${signColour(back)} 62%, var(--st-text-color))`;
    const rect = box.querySelector("rect");
    rect.style.fill = back === null ? "" : tint(back, most, 0.4);
    box.classList.toggle("active", place === step.vertex);
    const each = data.vertices[place];
    box.setAttribute("aria-label", `${each.sign} ${each.name}${known === null ? "" : `, value ${shown(known)}`}${back === null ? "" : `, gradient ${shown(back)}`}`);
  });
  for (const each of view.edges) {
    const into = each.to === step.vertex;
    const forward = into && step.kind === "forward", back = into && step.kind === "backward" && each.partial !== null && each.flows;
    each.flow.setAttribute("class", forward ? "flow forward" : back ? "flow backward" : "flow off");
    each.line.classList.toggle("active", forward || back);
    each.text.textContent = back ? `× ${shown(each.partial)}` : "";
  }
  root.querySelector(".words").textContent = step.words;
  const text = root.querySelector(".text");
  const now = data.vertices[step.vertex];
  text.replaceChildren(...(now ? [data.text.slice(0, now.start), Object.assign(document.createElement("mark"), { textContent: data.text.slice(now.start, now.end) }), data.text.slice(now.end)] : [data.text]));
  root.querySelector(".symbols").innerHTML = step.symbols.join("");
  root.querySelector(".numbers").innerHTML = step.numbers.map((each) => filled(each, (path) => number(data, path))).join("");
}

function number(data, path) {
  const [name, place, argument] = path.split(".");
  const vertex = data.vertices[place];
  if (name === "value") return vertex.value;
  if (name === "gradient") return vertex.gradient;
  return name === "partial" ? vertex.partials[argument] : vertex.parts[argument];
}
