// What one unit or one weight computes, for the point under the cursor, before and after the last step; its numbers can be
// changed, and all pictures follow at once.

function cardOf(view) {
  const card = view.root.querySelector(".card");
  const made = { chosen: null, cells: null };

  made.open = (chosen) => {
    view.act({ kind: "card", card: chosen ? [chosen.layer, chosen.unit, ...(chosen.kind === "edge" ? [chosen.from] : [])].join(".") : "" });
    made.chosen = chosen;
    made.build();
    view.paint();
    if (made.chosen) card.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  // The card that was open where a link was taken, by the numbers of its unit, or of its weight.
  made.restore = (name) => {
    if (!name) return;
    const [layer, unit, from] = name.split(".").map(Number);
    made.chosen = from === undefined ? { kind: "unit", layer, unit } : { kind: "edge", layer, unit, from };
    made.build();
    view.paint();
  };
  made.build = () => {
    const { chosen } = made;
    card.hidden = !chosen || !view.model;
    if (card.hidden) return card.replaceChildren();
    const layer = view.model.layers[chosen.layer];
    if (!layer || chosen.unit >= layer.units || (chosen.kind === "edge" && chosen.from >= layer.given)) return made.open(null);
    made.cells = chosen.kind === "edge" ? edgeCard(card, view, chosen) : unitCard(card, view, chosen);
    const close = element(card, "button", { type: "button", class: "close", "aria-label": "Close" }, "✕");
    close.onclick = () => made.open(null);
  };
  made.paint = () => made.chosen && !card.hidden && made.cells?.();
  return made;
}

function element(parent, tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

const unitName = (view, layer, unit) => layer < 0
  ? view.model.inputs[unit].title
  : layer === view.model.layers.length - 1
    ? view.model.classes > 2 ? `output ${view.data.names[unit]}` : "the output"
    : `unit ${unit + 1} of layer ${layer + 1}`;

// A field for one of the network's numbers: typing shows what it would do, leaving the field trains on from there.
function numberField(view, parent, place, label) {
  const field = element(parent, "input", { type: "number", step: "0.1", "aria-label": label });
  field.oninput = () => Number.isFinite(field.valueAsNumber) && view.edit(place, field.valueAsNumber);
  field.onchange = () => view.keep();
  return () => {
    if (field.getRootNode().activeElement !== field) field.value = Number(view.weights()[place].toPrecision(4));
  };
}

function unitCard(card, view, { layer: index, unit }) {
  const layer = view.model.layers[index];
  card.replaceChildren();
  const title = element(card, "h4");
  const table = element(element(card, "div", { class: "scrolls" }), "table");
  const head = element(table, "tr");
  for (const each of ["", "value", "weight", "product", "weight before", "change"]) element(head, "th", { scope: "col" }, each);
  const name = (j) => unitName(view, index - 1, j);
  const row = (label, place) => {
    const tr = element(table, "tr");
    element(tr, "th", { scope: "row" }, label);
    const value = element(tr, "td");
    const refresh = numberField(view, element(tr, "td"), place, `${label}: weight`);
    return { value, refresh, place, product: element(tr, "td"), before: element(tr, "td"), change: element(tr, "td") };
  };
  const rows = Array.from({ length: layer.given }, (_, j) => row(name(j), layer.weights + unit * layer.given + j));
  const bias = row("bias", layer.biases + unit);
  const words = element(card, "p", { class: "words" });
  return () => {
    const w = view.weights(), before = view.timeline.before()?.weights ?? w;
    const given = valuesInto(view, w, index);
    title.textContent = `${capital(unitName(view, index, unit))} at x₁ = ${shown(view.point[0], 3)}, x₂ = ${shown(view.point[1], 3)}`;
    for (const [j, each] of [...rows, bias].entries()) {
      const x = j < rows.length ? given[j] : 1;
      each.value.textContent = shown(x, 3);
      each.refresh();
      each.product.textContent = shown(x * w[each.place], 3);
      each.before.textContent = shown(before[each.place], 3);
      each.change.textContent = signedText(w[each.place] - before[each.place]);
    }
    const now = outputAt(view, w, index, unit), then = outputAt(view, before, index, unit);
    const { update } = view.timeline.frame(), from = view.timeline.before()?.update ?? update;
    const bend = layer.name && layer.name !== "linear" ? `, and ${layer.name} makes ${shown(now.a, 4)} of it` : "";
    words.textContent = `The sum of the products and the bias is ${shown(now.z, 4)}${bend}. ` +
      (from === update ? "No update has been made yet." : `Before ${update - from === 1 ? `update ${shown(update)}` : `updates ${shown(from + 1)} to ${shown(update)}`} it gave ${shown(then.a, 4)}.`);
  };
}

function edgeCard(card, view, { layer: index, unit, from }) {
  const layer = view.model.layers[index], place = layer.weights + unit * layer.given + from;
  card.replaceChildren();
  const label = `Weight from ${unitName(view, index - 1, from)} to ${unitName(view, index, unit)}`;
  element(card, "h4", {}, label);
  const line = element(card, "div", { class: "line" });
  const most = Math.max(3, Math.ceil(Math.abs(view.weights()[place]) * 2));
  const slider = element(line, "input", { type: "range", min: -most, max: most, step: "0.01", "aria-label": `${label}, slider` });
  const refresh = numberField(view, line, place, label);
  slider.oninput = () => view.edit(place, slider.valueAsNumber);
  slider.onchange = () => view.keep();
  const words = element(card, "p", { class: "words" });
  return () => {
    const w = view.weights();
    slider.value = w[place];
    refresh();
    const original = view.timeline.frame().weights;
    const [a, b] = [original, w].map((each) => finalAt(view, each));
    const raised = Float32Array.from(w);
    raised[place] += 0.1;
    const effect = meanChange(view, w, raised);
    const edited = w[place] !== original[place] ? `Changed from ${shown(original[place], 3)}, it takes the answer at the point from ${a} to ${b}. ` : `At the point the network answers ${b}. `;
    words.textContent = `${edited}Raising this weight by 0.1 would change the picture by ${shown(effect, 2)} on average${view.model.task === "many" ? " of each probability" : ", where it reaches from −1 to 1"}.`;
  };
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const signedText = (value) => (value > 0 ? `+${shown(value, 2)}` : shown(value, 2));

// What a layer is given for the point that is looked at.
function valuesInto(view, weights, layer) {
  const inputs = inputsAt(view.model, view.point);
  return (layer ? forward(view.model, weights, inputs)[layer - 1] : inputs).map((each) => each[0]);
}

function outputAt(view, weights, index, unit) {
  const layer = view.model.layers[index], given = valuesInto(view, weights, index);
  const z = given.reduce((sum, x, j) => sum + x * weights[layer.weights + unit * layer.given + j], weights[layer.biases + unit]);
  return { z, a: activated(layer, z) };
}

function finalAt(view, weights) {
  const last = forward(view.model, weights, inputsAt(view.model, view.point)).at(-1);
  return answerText(view, last, 0);
}

// An answer in words: a value, or a class with its probability.
function answerText(view, last, i) {
  const answer = answerAt(view.model, last, i);
  if (view.model.task === "values") return shown(answer, 3);
  const best = classAt(view.model, last, i);
  const share = view.model.task === "many" ? answer[best] : (1 + Math.abs(answer)) / 2;
  return `class ${view.data.names[best]} with ${percentText(share)}`;
}

const percentText = (share) => (Number.isFinite(share) ? `${fixed(100 * share, share > 0.9995 && share < 1 ? 2 : 1)}\u00a0%` : "–");

function meanChange(view, before, after) {
  const [a, b] = [before, after].map((each) => forward(view.model, each, view.gridInputs).at(-1));
  let sum = 0, count = SIDE * SIDE;
  for (let i = 0; i < count; i++) {
    const [p, q] = [answerAt(view.model, a, i), answerAt(view.model, b, i)];
    sum += Array.isArray(p) ? p.reduce((total, each, k) => total + Math.abs(each - q[k]), 0) / p.length : Math.abs(p - q);
  }
  return sum / count;
}
