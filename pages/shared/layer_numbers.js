// What one value is made of. The server has sent the numbers of the whole map, so that each step is worked out here.

const total = (values) => values.reduce((sum, each) => sum + each, 0);
const held = (value) => (value < 0 ? `(${written(value)})` : written(value));

// A sum as text: all of its terms in their order, or of a long one those that weigh most.
function summed(values) {
  if (values.length <= 24) return values.map(held).join(" + ");
  const most = [...values].sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, 12);
  return `${most.map(held).join(" + ")} + … (${values.length - most.length} more, the largest first)`;
}

// The values of one map of the inputs that a window covers; `outside` stands in the border.
function patch(recipe, map, row, column, outside) {
  const [height, width] = recipe.inputs.shape.slice(-2), [top, left] = corner(recipe, row, column), found = [];
  for (let y = top; y < top + recipe.size[0]; y++)
    for (let x = left; x < left + recipe.size[1]; x++)
      found.push(y < 0 || x < 0 || y >= height || x >= width ? outside : recipe.inputs[(map * height + y) * width + x]);
  return found;
}

function corner(recipe, row, column) {
  return [row * recipe.stride[0] - recipe.pad[0], column * recipe.stride[1] - recipe.pad[1]];
}

// For each kind of recipe, of the value at `at` = (row, column), the i-th of its map: { slots, terms, … }
//   slots: the numbers of the formula; terms: the same written out, as text
//   window: { corner, size } in the input map; patches, kernels, products, sums: of every map that is read
const WORK = {
  weighted(recipe, i, row, column) {
    const count = recipe.inputs.shape[0], size = recipe.size[0] * recipe.size[1];
    const patches = [], kernels = [], products = [];
    for (let map = 0; map < count; map++) {
      patches.push(patch(recipe, map, row, column, 0));
      kernels.push([...recipe.kernel.subarray(map * size, (map + 1) * size)]);
      products.push(patches[map].map((each, at) => each * kernels[map][at]));
    }
    const sums = products.map(total), sum = total(sums);
    const few = count * size <= 12, k = kernels.flat();
    const pairs = () => patches.flat().map((each, at) => `${held(each)}·${held(k[at])}`).join(" + ");
    const terms = few ? pairs() : summed(count > 1 ? sums : products[0]);
    return { slots: [sum, recipe.bias, sum + recipe.bias], terms, patches, kernels, products, sums, window: true,
      lead: few ? "" : count > 1 ? `One sum for each of the ${count} maps: ` : "The products: " };
  },
  largest(recipe, i, row, column) {
    const values = patch(recipe, 0, row, column, -Infinity), best = Math.max(...values);
    const inside = values.filter((each) => each !== -Infinity);
    return { slots: [best], terms: `max(${inside.map(written).join(", ")})`, patches: [values], window: true, winner: values.indexOf(best) };
  },
  mean(recipe, i, row, column) {
    const values = patch(recipe, 0, row, column, 0), sum = total(values);
    return { slots: [sum, values.length, sum / values.length], terms: summed(values), lead: "The sum: ", patches: [values], window: true };
  },
  bend: (recipe, i) => ({ slots: [recipe.inputs[i], recipe.results[i]], curve: true }),
  norm: (recipe, i) => ({
    slots: [recipe.inputs[i], recipe.mean[i], recipe.variance[i], recipe.epsilon, recipe.scale[i], recipe.shift[i],
      ((recipe.inputs[i] - recipe.mean[i]) / Math.sqrt(recipe.variance[i] + recipe.epsilon)) * recipe.scale[i] + recipe.shift[i]],
    told: `μ and σ² are ${recipe.over}. γ and β were learned.`,
  }),
  sum: (recipe, i) => ({ slots: [recipe.through[i], recipe.around[i], recipe.through[i] + recipe.around[i]] }),
  same: (recipe, i) => ({ slots: [recipe.inputs[i]] }),
  softmax(recipe, i) {
    const most = Math.max(...recipe.inputs), powers = [...recipe.inputs].map((each) => Math.exp(each - most));
    return { slots: [powers[i], total(powers), powers[i] / total(powers)], lead: "The powers: ", terms: summed(powers),
      told: `Each score is taken less the largest, ${written(most)}, which changes no probability and avoids huge numbers.` };
  },
  pixel: (recipe, i) => ({ slots: [recipe.inputs[i], recipe.mean, recipe.deviation, (recipe.inputs[i] / 255 - recipe.mean) / recipe.deviation] }),
};

// A grid of numbers in their colours; without the numbers where they would be too small to read.
function grid(name, values, [height, width], top, signed, mark = -1) {
  const [rows, columns] = laid(height, width), box = make("figure", "grid"), cells = make("div", "cells");
  const read = columns <= 8 && rows <= 16;
  box.classList.toggle("fine", !read);
  box.style.setProperty("--columns", columns);
  box.classList.toggle("many", columns > 5);
  values.forEach((value, at) => {
    const cell = make("span", at === mark ? "cell won" : "cell", read ? (value === -Infinity ? "–" : brief(value)) : "");
    cell.style.setProperty("--fill", value === -Infinity ? "transparent" : css(value, top, signed));
    if (!signed && value !== -Infinity) cell.classList.add(dark(value, top) ? "on-dark" : "on-light");
    cell.dataset.value = `${name.split(",")[0]}: ${written(value)}`;
    cells.append(cell);
  });
  box.append(cells, make("figcaption", "", name));
  return box;
}

// The curve of an activation over the values of the map, with the point of this one.
function curve(recipe, i) {
  const pairs = [...recipe.inputs].map((x, at) => [x, recipe.results[at]]).filter((each) => each.every(Number.isFinite)).sort((a, b) => a[0] - b[0]);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 220 150");
  svg.setAttribute("class", "curve");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "The activation over all values of this map, and where this value lies");
  if (!pairs.length) return svg;
  const [x0, x1] = [Math.min(0, pairs[0][0]), Math.max(0, pairs.at(-1)[0])], ys = pairs.map((each) => each[1]);
  const [y0, y1] = [Math.min(0, ...ys), Math.max(0, ...ys)];
  const place = ([x, y]) => [10 + (200 * (x - x0)) / (x1 - x0 || 1), 140 - (130 * (y - y0)) / (y1 - y0 || 1)];
  const draw = (tag, attributes) => {
    const made = svg.appendChild(document.createElementNS(svg.namespaceURI, tag));
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  };
  const [ox, oy] = place([0, 0]);
  draw("path", { d: `M10 ${oy}H210M${ox} 10V140`, class: "axis" });
  draw("polyline", { points: pairs.map((each) => place(each).join()).join(" "), class: "law" });
  const [x, y] = place([recipe.inputs[i], recipe.results[i]]);
  if (Number.isFinite(x) && Number.isFinite(y)) draw("circle", { cx: x, cy: y, r: 6, class: "here" });
  return svg;
}
