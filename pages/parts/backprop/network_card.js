// The numbers of a network's formulas, and the card with the computation of what was clicked.

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
    chip.textContent = `w${chosen.i + 1}${j + 1} = ${shown(data.values.W[chosen.layer][chosen.i][j], 3)}`;
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
