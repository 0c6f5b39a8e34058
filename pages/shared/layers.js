// A walk through a network: all layers, one of their maps, and one value of it, which the arrow keys and a player move.

const SMALLEST = 44; // width of a map on the screen, so that a finger hits it

export default function({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".inside"), view = (root.view ??= { clock: clock() });
  view.data = data;
  view.choose = (place, map = null) => setTriggerValue("choose", { place, map });
  row(root, view);
  chosen(root, view);
  drill(root, view);
  exciting(root, view);
  tips(root);
}

// All layers.

function row(root, view) {
  const { data } = view, box = root.querySelector(".layers"), focused = root.getRootNode().activeElement?.dataset?.place;
  box.replaceChildren(...data.layers.map((layer, place) => {
    const card = make("button", "layer"), canvas = make("canvas");
    card.type = "button";
    card.dataset.place = place;
    card.setAttribute("aria-pressed", String(place === data.place));
    card.title = layer.about;
    paintMaps(canvas, layer, Math.ceil(Math.sqrt(layer.kept)));
    const where = layer.group ? `${layer.way} ${layer.group.replace(/\..*/, "")}` : "";
    const kept = !layer.cells && layer.kept < layer.count ? `, ${layer.kept} maps shown` : "";
    card.append(canvas, make("b", "", layer.title), make("span", "", layer.shape + kept), make("span", "scale", layer.range), make("span", "way", where));
    if (layer.group) card.classList.add("inner");
    card.onclick = () => {
      for (const each of box.children) each.setAttribute("aria-pressed", String(each === card)); // the rest comes from the server
      view.choose(place);
    };
    return card;
  }));
  if (focused) box.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
}

// The chosen layer.

function chosen(root, view) {
  const { data } = view, box = root.querySelector(".chosen"), layer = data.maps;
  const unit = layer.size[0] * layer.size[1] === 1 ? "unit" : "map", single = layer.count === 1;
  const title = make("h4", "", layer.title), about = make("p", "", `${layer.about} It gives ${layer.shape}.`);
  box.replaceChildren(title, about, legend(layer));
  if (single) return;
  const pick = make("div", "pick");
  const step = (by, text, name) => {
    const button = make("button", "", text);
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.dataset.step = by;
    button.onclick = () => view.choose(data.place, (data.map + by + layer.count) % layer.count);
    return button;
  };
  const said = data.labels[data.map] ? `, class ${data.labels[data.map]}` : "";
  const last = view.stepped;
  pick.append(step(-1, "‹", `Previous ${unit}`), make("output", "", `${unit} ${data.map + 1} of ${layer.count}${said}`), step(1, "›", `Next ${unit}`));
  const all = picture("", `All ${unit}s of this layer`);
  all.classList.add("all");
  const scale = layer.cells ? 30 : Math.max(2, Math.ceil(SMALLEST / layer.size[1])); // screen pixels for a value
  const across = Math.max(1, Math.min(layer.kept, Math.floor((box.clientWidth || 600) / (scale * (layer.size[1] + 1))), 16));
  const { columns, gap } = paintMaps(all.canvas, layer, across);
  const [height, width] = layer.cells ? [1, 1] : layer.size;
  const inRow = layer.cells ? all.canvas.width : columns;
  all.stage.style.width = `${all.canvas.width * scale}px`;
  if (all.canvas.width === data.labels.length) named(all, data.labels);
  const at = (map) => [Math.floor(map / inRow) * (height + gap), (map % inRow) * (width + gap)];
  if (data.map < (layer.cells ? layer.count : layer.kept)) all.frame("here", ...at(data.map), height, width);
  const mapAt = (event) => {
    const [y, x] = under(event, all.canvas), found = Math.floor(y / (height + gap)) * inRow + Math.floor(x / (width + gap));
    return found < layer.kept ? found : null;
  };
  all.canvas.onclick = (event) => { const map = mapAt(event); if (map !== null) view.choose(data.place, map); };
  all.canvas.onpointermove = (event) => {
    const map = mapAt(event);
    all.canvas.dataset.value = map === null ? "" : `${unit} ${map + 1}${data.labels[map] ? `, class ${data.labels[map]}` : ""}: click to look into it`;
  };
  box.append(pick, all);
  if (layer.kept < layer.count) box.append(make("p", "note", `The first ${layer.kept} of ${layer.count} maps are drawn; all can be reached with ‹ and ›.`));
  pick.onclick = (event) => { view.stepped = event.target.dataset.step; };
  if (last) pick.querySelector(`[data-step="${last}"]`).focus({ preventScroll: true });
  view.stepped = null;
}

// The classes below a row of their values.
function named(figure, labels) {
  const names = make("div", "names");
  names.append(...labels.map((each) => make("span", "", each)));
  names.style.width = figure.stage.style.width;
  names.style.maxWidth = "100%";
  figure.stage.after(names);
}

function legend(layer) {
  const box = make("p", "legend"), bar = make("i");
  const ends = layer.signed ? [-1, 1] : [0, 1];
  const stops = Array.from({ length: 11 }, (_, at) => css(layer.top * (ends[0] + (at / 10) * (ends[1] - ends[0])), layer.top, layer.signed));
  bar.style.background = `linear-gradient(to right, ${stops.join()})`;
  if (!layer.range.includes("…")) {
    box.textContent = "None of its values is a number: the training went wrong.";
    return box;
  }
  box.append(written(layer.top * ends[0]), bar, written(layer.top), ` One scale for the whole layer: its values go from ${layer.range.replace("…", "to")}.`);
  return box;
}

// One value.

function drill(root, view) {
  const { data, clock } = view, box = root.querySelector(".drill"), layer = data.maps;
  const recipe = Object.fromEntries(Object.entries(data.recipe).map(([name, each]) => [name, each?.bytes ? unpacked(each) : each]));
  const work = WORK[recipe.kind], output = unpacked(data.output), boxes = unpacked(data.boxes);
  const [height, width] = output.shape, size = laid(height, width);
  if (view.token !== data.token) Object.assign(view, { token: data.token, open: null });

  const input = picture("The image: the frame is all that this value depends on", "The image, with the receptive field");
  paintInk(input.canvas, unpacked(data.image), root);
  hover(input.canvas, unpacked(data.image), 28, (value) => `pixel ${value} of 255`);
  const several = output.length > 1;
  const out = picture(several ? `${layer.title}: click a value, or use the arrow keys` : "The value", "The map, with the value that is taken apart");
  if (!several) out.classList.add("one");
  paint(out.canvas, output, 1, size, 1, (each) => colour(each, layer.top, layer.signed));
  hover(out.canvas, output, size[1], written);
  out.canvas.tabIndex = several ? 0 : -1;
  const given = recipe.size ? [picture("", "What this layer reads, with the window")] : alongside(data, recipe, size);
  const figures = make("div", "figures"), bar = playerBar(clock, { label: (frame) => data.labels[frame] ? `class ${data.labels[frame]}` : `value ${frame + 1} of ${output.length}` });
  const formula = make("div", "readout"), numbers = make("div", "numbers");
  formula.innerHTML = data.formula + (data.law ? `<br>${data.law}` : "");
  figures.append(input, ...given.flatMap((each, at) => [make("span", "arrow", at ? "+" : "→"), each]), make("span", "arrow", given.length > 1 ? "=" : "→"), out);
  bar.hidden = !several;
  const focused = box.contains(root.getRootNode().activeElement) && root.getRootNode().activeElement.tagName === "CANVAS";
  if (size[1] === data.labels.length) named(out, data.labels);
  box.replaceChildren(make("h4", "", "How does it come to this number?"), figures, bar, formula, numbers);
  if (focused) out.canvas.focus({ preventScroll: true });

  const show = (frame) => {
    const i = Math.min(frame, output.length - 1), row = Math.floor(i / width), column = i % width;
    const found = work(recipe, i, row, column);
    const [top, bottom, left, right] = boxes.subarray(4 * i, 4 * i + 4);
    input.frame("field", top, left, bottom - top + 1, right - left + 1);
    out.frame("here", Math.floor(i / size[1]), i % size[1], 1, 1);
    if (found.patches) view.open = Math.min(view.open ?? strongest(found), found.patches.length - 1);
    if (recipe.size) source(given[0], data, recipe, found, view.open, row, column);
    else for (const each of given) each.frame("window", Math.floor(i / size[1]), i % size[1], 1, 1);
    fillNumbers(formula, found.slots);
    numbers.replaceChildren(...explained(data, recipe, found, i, view, () => show(i)));
    const name = data.labels[i] ? `class ${data.labels[i]}` : size[0] === height ? `row ${row + 1}, column ${column + 1}` : `number ${i + 1}`;
    out.canvas.setAttribute("aria-label", `The map. The value in ${name} is ${written(output[i])}`);
    bar.show(frame);
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  clock.members.clear();
  clock.members.add(show);
  const begin = output.indexOf(output.reduce((best, each) => (Math.abs(each) > Math.abs(best) ? each : best), output[0]));
  clock.load({ token: data.token, count: output.length, fps: calm ? 2 : 6, arrive: "start" });
  if (clock.started !== data.token) [clock.started, clock.frame] = [data.token, Math.max(0, begin)];
  clock.show(clock.frame);

  out.canvas.onclick = (event) => {
    const [y, x] = under(event, out.canvas);
    clock.step(Math.min(output.length - 1, y * size[1] + x) - clock.frame);
    out.canvas.focus({ preventScroll: true });
  };
  out.canvas.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -size[1], ArrowDown: size[1] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = clock.frame + by;
    if (to >= 0 && to < output.length) clock.step(by);
  };
}

const strongest = (found) => found.sums ? found.sums.reduce((best, each, at) => (Math.abs(each) > Math.abs(found.sums[best]) ? at : best), 0) : 0;

// The maps of which a layer that changes each value for itself reads the same place.
function alongside(data, recipe, size) {
  const ways = recipe.kind === "sum" ? [recipe.through, recipe.around] : data.sources.length ? [recipe.inputs] : [];
  const names = ways.length > 1 ? ["what came through", "what came around"] : ["what is read here"];
  return ways.map((values, at) => {
    const shown = picture(`${data.sources[at]}: ${names[at]}`), { top, signed } = data.layers[data.reads[at]];
    paint(shown.canvas, values, 1, size, 1, (each) => colour(each, top, signed));
    hover(shown.canvas, values, size[1], written);
    return shown;
  });
}

// The input map that is looked at, with the window on it.
function source(given, data, recipe, found, open, row, column) {
  const [high, wide] = recipe.inputs.shape.slice(-2), values = recipe.inputs.subarray(open * high * wide, (open + 1) * high * wide);
  const { top, signed } = data.layers[data.reads[0]], [y, x] = corner(recipe, row, column), size = laid(high, wide);
  if (given.open !== open) {
    paint(given.canvas, values, 1, size, 1, (each) => colour(each, top, signed));
    hover(given.canvas, values, size[1], written);
    const map = (recipe.first ?? data.map) + open + 1;
    given.querySelector("figcaption").textContent = `${data.sources[0]}${data.layers[data.reads[0]].count > 1 ? `, map ${map}` : ""}: what is read here`;
    given.open = open;
  }
  const whole = recipe.size[0] >= high && recipe.size[1] >= wide && size[0] !== high;
  if (whole) given.frame("window", 0, 0, ...size);
  else given.frame("window", y, x, ...recipe.size);
}

function explained(data, recipe, found, i, view, again) {
  const shown = [];
  if (found.terms) shown.push(make("p", "terms", `${found.lead ?? ""}${found.terms}`));
  if (found.told) shown.push(make("p", "note", found.told));
  if (found.curve) shown.push(curve(recipe, i));
  if (!found.patches) return shown;
  const open = view.open, { top, signed } = data.layers[data.reads[0]], grids = make("div", "grids");
  const several = found.patches.length > 1 ? ` of map ${(recipe.first ?? 0) + open + 1}` : "";
  grids.append(grid(found.kernels ? `patch${several}` : "window", found.patches[open], recipe.size, top, signed, found.winner));
  if (found.kernels) {
    const most = Math.max(...recipe.kernel.map(Math.abs)), largest = Math.max(...found.products.flat().map(Math.abs));
    grids.append(make("span", "sign", "·"), grid(`kernel${several}`, found.kernels[open], recipe.size, most, true), make("span", "sign", "="),
      grid(`products, sum ${written(found.sums[open])}`, found.products[open], recipe.size, largest, true));
  }
  shown.unshift(grids);
  if (several) shown.push(everyMap(recipe, found, view, again));
  return shown;
}

// One tile for each map that is read: its kernel, and what it adds to the sum.
function everyMap(recipe, found, view, again) {
  const box = make("div", "every"), most = Math.max(...recipe.kernel.map(Math.abs)), largest = Math.max(...found.sums.map(Math.abs));
  const size = laid(...recipe.size);
  box.append(make("p", "note", `The kernel has a part for each of the ${found.sums.length} maps that it reads. Under each: what it adds to the sum. Click one to see its numbers.`));
  const tiles = make("div", "tiles");
  found.sums.slice(0, 256).forEach((sum, map) => {
    const tile = make("button", "tile"), canvas = make("canvas");
    tile.type = "button";
    tile.setAttribute("aria-pressed", String(map === view.open));
    tile.setAttribute("aria-label", `map ${recipe.first + map + 1} adds ${written(sum)}`);
    paint(canvas, found.kernels[map], 1, size, 1, (each) => colour(each, most, true));
    const text = make("span", "", brief(sum));
    text.style.setProperty("--fill", css(sum, largest, true));
    tile.append(canvas, text);
    tile.dataset.value = `map ${recipe.first + map + 1}: ${written(sum)}`;
    tile.onclick = () => {
      view.open = map;
      again();
      box.getRootNode().querySelectorAll(".tile")[map]?.focus({ preventScroll: true });
    };
    tiles.append(tile);
  });
  box.append(tiles);
  return box;
}

// The images that excite the map most.
function exciting(root, view) {
  const box = root.querySelector(".exciting"), found = view.data.exciting;
  box.replaceChildren();
  if (!found) return;
  const images = unpacked(found.images), row = make("div", "figures");
  found.values.forEach((value, at) => {
    const shown = picture(value, `validation image ${found.numbers[at]}: ${value}`);
    paintInk(shown.canvas, images.subarray(784 * at, 784 * (at + 1)), root);
    row.append(shown);
  });
  box.append(make("p", "", found.said), row);
}

// What is under the pointer.

function hover(canvas, values, across, say) {
  canvas.onpointermove = (event) => {
    const [y, x] = under(event, canvas), at = y * across + x;
    canvas.dataset.value = at < values.length ? `row ${y + 1}, column ${x + 1}: ${say(values[at])}` : "";
  };
}

function tips(root) {
  const tip = root.querySelector(".tip");
  root.onpointerover = root.onpointermove = (event) => {
    const said = event.target.closest?.("[data-value]")?.dataset.value;
    tip.hidden = !said;
    if (!said) return;
    tip.textContent = said;
    const box = root.getBoundingClientRect();
    const left = Math.max(0, Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth - 4));
    Object.assign(tip.style, { left: `${left}px`, top: `${event.clientY - box.top + 16}px` });
  };
  root.onpointerleave = () => { tip.hidden = true; };
}
