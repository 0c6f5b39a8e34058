// Formulas below a figure whose numbers follow the frames: MathML with <mn data-n="i"> where numbers go.

// formulas: [{ title, formula, values: { all, width }, shown: { all } | null }]
function readoutsBelow(root) {
  const made = { markup: "", rows: [] };

  made.load = (formulas) => {
    const markup = JSON.stringify(formulas.map((each) => [each.title, each.formula]));
    if (markup !== made.markup) {
      for (const each of made.rows) each.element.remove();
      made.rows = formulas.map((each) => ({ element: row(root, each) }));
      made.markup = markup;
    }
    formulas.forEach(({ values: { all, width }, shown: seen }, index) => {
      const each = made.rows[index];
      each.values = (frame) => all.subarray(frame * width, (frame + 1) * width);
      each.seen = (frame) => !seen || seen.all[frame] > 0;
      each.longest = longest(each.values, width ? all.length / width : 0);
      reserve(each);
      resized.observe(each.element);
    });
  };
  made.show = (frame) => {
    for (const each of made.rows) {
      fillNumbers(each.element, each.values(frame));
      each.element.classList.toggle("unreached", !each.seen(frame));
    }
    made.frame = frame;
  };
  made.close = () => resized.disconnect();

  // A formula has the height that its longest numbers need, so that nothing moves when they come or get shorter.
  const reserve = (each) => {
    each.width = each.element.offsetWidth;
    each.element.style.minHeight = "";
    fillNumbers(each.element, each.values(each.longest));
    each.element.style.minHeight = `${each.element.offsetHeight}px`;
  };
  const resized = new ResizeObserver(() => {
    const changed = made.rows.filter((each) => each.element.offsetWidth && each.element.offsetWidth !== each.width);
    changed.forEach(reserve);
    if (changed.length && made.frame !== undefined) made.show(made.frame);
  });
  return made;
}

function row(root, { title, formula }) {
  const element = Object.assign(document.createElement("div"), { className: "readout" });
  const words = Object.assign(document.createElement("div"), { className: "title", textContent: title });
  const numbers = Object.assign(document.createElement("div"), { className: "formula", innerHTML: formula });
  element.append(...(title ? [words] : []), numbers);
  root.append(element);
  return element;
}

// The frame whose numbers take the most characters.
function longest(values, count) {
  let best = 0;
  let most = -1;
  for (let frame = 0; frame < count; frame++) {
    const length = values(frame).reduce((sum, value) => sum + written(value).length, 0);
    if (length > most) [best, most] = [frame, length];
  }
  return best;
}
