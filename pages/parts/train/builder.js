// The network as a chain of blocks. All arithmetic is done by the server: here it is drawn, and clicks are told.

export default function({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".builder");
  const view = (root.view ??= { chosen: null, gap: null });
  view.data = data;
  view.send = (event) => setTriggerValue("edit", event);
  if (view.next) [view.chosen, view.gap, view.next] = [data.refused ? view.chosen : view.next, null, null];
  draw(root, view);
}

function draw(root, view) {
  const { data } = view;
  const focused = root.contains(root.getRootNode().activeElement) ? root.getRootNode().activeElement.dataset : {};
  view.parts = new Map();
  root.querySelector(".chain").replaceChildren(
    end(data.given.said, data.given.shape), ...sequence(view, data.parts, []), end(data.gives));
  const sum = root.querySelector(".sum");
  sum.replaceChildren(data.sum, " Share of all:", key(), "parameters", key(), "multiply-adds.");
  const wrong = root.querySelector(".wrong");
  wrong.textContent = data.refused || data.problem;
  wrong.hidden = !wrong.textContent;
  panel(root, view);
  const again = focused.at && root.querySelector(`[data-at="${focused.at}"]`);
  again?.focus({ preventScroll: true });
}

// The blocks of one way, with a place to add between any two.
function sequence(view, parts, at) {
  const shown = [gap(view, [...at, 0])];
  parts.forEach((part, index) => {
    view.parts.set(part.place.join(), { part, way: parts });
    shown.push(part.ways.length ? group(view, part) : card(view, part), gap(view, [...at, index + 1]));
  });
  return shown;
}

function card(view, part) {
  const button = choosable(view, part, part.same ? "card same" : "card");
  button.append(picture(part.shape), make("b", "", part.text), make("span", "shape", part.problem ? "does not fit" : part.said), ...costs(part));
  return button;
}

function group(view, part) {
  const box = make("div", "group");
  const head = choosable(view, part, "");
  head.append(make("b", "", "residual"), make("span", "shape", part.said), make("span", "note", part.costs[0].said));
  const around = make("div", "around");
  around.append(make("span", "note", part.ways[1].length ? "+ the way around" : "+ the input itself, unchanged"),
    ...sequence(view, part.ways[1], [...part.place, 1]));
  const through = make("div", "way");
  through.append(...sequence(view, part.ways[0], [...part.place, 0]));
  if (part.problem) box.classList.add("unfit");
  box.append(head, around, through);
  return box;
}

function choosable(view, part, name) {
  const button = make("div", name); // a button could not be dragged in Firefox
  button.role = "button";
  button.tabIndex = 0;
  button.dataset.at = part.place.join();
  button.draggable = true;
  button.title = [part.about, ...part.costs.map((each) => each.said), part.problem].filter(Boolean).join("\n");
  button.setAttribute("aria-label", `${part.text}, gives ${part.said}${part.problem ? `, does not fit: ${part.problem}` : ""}`);
  button.setAttribute("aria-pressed", String(view.chosen === part.place.join()));
  if (part.problem) button.classList.add("unfit");
  button.onclick = () => {
    view.chosen = view.chosen === part.place.join() ? null : part.place.join();
    view.gap = null;
    draw(button.closest(".builder"), view);
  };
  button.onkeydown = (event) => {
    if (event.target !== button || ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    button.click();
  };
  button.ondragstart = (event) => {
    event.stopPropagation();
    event.dataTransfer.setData("text/plain", part.text);
    event.dataTransfer.effectAllowed = "move";
    view.dragged = part.place;
    button.classList.add("dragged");
  };
  button.ondragend = () => { view.dragged = null; button.classList.remove("dragged"); };
  return button;
}

function gap(view, place) {
  const button = make("button", "gap", "+");
  button.type = "button";
  button.dataset.at = `gap ${place.join()}`;
  button.title = "Add a block here, or drop one";
  button.setAttribute("aria-label", "Add a block here");
  button.setAttribute("aria-pressed", String(view.gap === place.join()));
  button.onclick = () => {
    view.gap = view.gap === place.join() ? null : place.join();
    view.chosen = null;
    draw(button.closest(".builder"), view);
  };
  button.ondragover = (event) => { if (view.dragged) { event.preventDefault(); button.classList.add("over"); } };
  button.ondragleave = () => button.classList.remove("over");
  button.ondrop = (event) => { event.preventDefault(); if (view.dragged) view.send({ act: "move", place: view.dragged, to: place }); };
  return button;
}

function end(text, shape) {
  const box = make("div", "card end");
  if (shape) box.append(picture(shape));
  box.append(make("b", "", text));
  return box;
}

function costs(part) {
  return part.costs.map(({ share }) => {
    const bar = make("div", "cost"), filled = make("i");
    filled.style.width = `${100 * share}%`;
    bar.append(filled);
    return bar;
  });
}

function panel(root, view) {
  const box = root.querySelector(".panel");
  const chosen = view.chosen && view.parts.get(view.chosen);
  box.hidden = !chosen && !view.gap;
  box.replaceChildren();
  if (view.gap) return palette(box, view);
  if (!chosen) return (view.chosen = null);
  const { part, way } = chosen, { place } = part, index = place.at(-1);
  const known = ` It gives ${part.said}, has ${part.costs[0].said} and takes ${part.costs[1].said}.`;
  const told = make("p", "", `${part.about}${part.shape ? known : ""}`);
  const title = make("b", "", `${part.text}: `);
  told.prepend(title);
  box.append(told, ...part.values.map((value) => field(view, place, value)));
  const beside = (at) => [...place.slice(0, -1), at];
  const acts = make("div", "acts");
  acts.append(
    act(view, "← Earlier", index > 0, { act: "move", place, to: beside(index - 1) }, beside(index - 1)),
    act(view, "Later →", index + 1 < way.length, { act: "move", place, to: beside(index + 2) }, beside(index + 1)),
    act(view, "Copy", true, { act: "copy", place }, beside(index + 1)),
    act(view, "Remove", true, { act: "remove", place }, null),
    part.ways.length
      ? act(view, "Take out of the group", true, { act: "unwrap", place }, null)
      : act(view, "Make it a residual group", true, { act: "wrap", place }, place));
  box.append(acts);
}

function act(view, text, enabled, event, next) {
  const button = make("button", "", text);
  button.type = "button";
  button.disabled = !enabled;
  button.dataset.at = `act ${text}`;
  button.onclick = () => { view.next = next ? next.join() : "none"; view.send(event); };
  return button;
}

function field(view, place, value) {
  const label = make("label", "", value.name);
  const input = value.allowed.length ? make("select") : make("input");
  label.title = value.help;
  for (const word of value.allowed) input.append(new Option(word, word));
  input.value = value.text;
  input.dataset.at = `value ${value.name}`;
  if (value.number) Object.assign(input, { type: "number", min: value.low, max: value.high, step: value.whole ? 1 : "any" });
  else if (!value.allowed.length) input.placeholder = "by itself";
  input.onchange = () => view.send({ act: "set", place, name: value.name, text: input.value });
  label.append(input);
  return label;
}

function palette(box, view) {
  const place = view.gap.split(",").map(Number);
  const acts = make("div", "acts");
  for (const { text, about } of view.data.palette) {
    const button = act(view, text, true, { act: "add", place, text }, place);
    button.title = about;
    acts.append(button);
  }
  box.append(make("p", "", "Add here:"), acts);
}

function key() {
  return make("i", "key");
}

function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}
