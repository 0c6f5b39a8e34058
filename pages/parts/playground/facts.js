// What belongs to the moment that is shown: the gradient of each layer, and which classes are taken for which.

function pulls(view, figure) {
  const { pulls: found } = view.timeline.frame();
  const place = figure.querySelector("div"), names = view.model.layers.map((_, i) => (i === view.model.layers.length - 1 ? "output" : `layer ${i + 1}`));
  figure.hidden = !found.length || Number.isNaN(found[0]);
  if (figure.hidden) return;
  const most = Math.max(...found, 1e-12);
  if (place.children.length !== names.length) {
    place.replaceChildren();
    for (const name of names) {
      const row = element(place, "p");
      element(row, "span", {}, name);
      element(row, "i");
      element(row, "b");
    }
  }
  // Powers of ten: eight of them are the whole width.
  [...place.children].forEach((row, i) => {
    const share = Math.max(0.01, 1 + Math.log10(Math.max(found[i], 1e-12) / most) / 8);
    row.children[1].style.width = `${(found[i] > 0 ? share : 0) * 40}%`;
    row.children[2].textContent = shown(found[i], 2);
  });
}

function confusion(view, figure) {
  const { model, data, points } = view;
  figure.hidden = model.task === "values";
  if (figure.hidden) return;
  const inputs = (view.testInputs ??= inputsAt(model, points.subarray(3 * data.train), 3));
  const last = forward(model, view.weights(), inputs).at(-1), count = data.classes;
  const table = Array.from({ length: count }, () => new Array(count).fill(0));
  for (let i = 0; i < last[0].length; i++) table[points[3 * (data.train + i) + 2]][classAt(model, last, i)] += 1;
  const cells = [["", ...data.names], ...table.map((row, i) => [data.names[i], ...row.map(shown)])];
  const place = figure.querySelector("div");
  if (place.children[0]?.rows?.length !== cells.length) {
    place.replaceChildren();
    const made = element(place, "table", { "aria-label": "Rows are the true classes, columns the network's answers" });
    for (const [r, row] of cells.entries()) {
      const tr = element(made, "tr");
      row.forEach((_, c) => element(tr, r && c ? "td" : "th", r && c && r === c ? { class: "right" } : {}));
    }
  }
  cells.forEach((row, r) => row.forEach((text, c) => {
    const cell = place.children[0].rows[r].cells[c];
    if (cell.textContent !== text) cell.textContent = text;
  }));
}
