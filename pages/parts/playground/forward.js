// The network of one moment, computed for many points at once: every unit's value everywhere, from its weights alone.

const REACH = 6;
const SIDE = 50; // points along each side of a map

function gridOf(side) {
  const at = (i) => -REACH + (2 * REACH * (i + 0.5)) / side;
  const points = new Float32Array(side * side * 2);
  for (let row = 0, k = 0; row < side; row++) for (let column = 0; column < side; column++) {
    points[k++] = at(column);
    points[k++] = -at(row);
  }
  return points;
}

// What a setup's network is made of: sizes and functions, and where each layer's weights stand among all of them.
function modelOf(data) {
  const features = data.features.map((each) => ({ ...each, value: compiled(each.formula) }));
  const inputs = features.filter((each) => each.on);
  const outputs = data.classes > 2 ? data.classes : 1;
  const described = [...data.layers, { units: outputs, name: "", formulas: [], dropout: 0 }];
  let given = inputs.length, offset = 0;
  const layers = described.map((each) => {
    const layer = { ...each, given, weights: offset, biases: offset + given * each.units, acts: each.formulas.map(compiled) };
    offset = layer.biases + each.units;
    given = each.units;
    return layer;
  });
  return { features, inputs, layers, count: offset, task: data.task, loss: data.loss, classes: data.classes };
}

// Values of the inputs for points (x, y, x, y, …), with `stride` numbers a point.
function inputsAt(model, points, stride = 2) {
  const count = points.length / stride;
  return model.inputs.map(({ value }) => {
    const found = new Float32Array(count);
    for (let i = 0; i < count; i++) found[i] = value(points[i * stride], points[i * stride + 1]);
    return found;
  });
}

// [layer][unit] → Float32Array of what the unit gives; the last layer's numbers are those before sigmoid or softmax.
function forward(model, weights, inputs) {
  let given = inputs;
  return model.layers.map((layer) => (given = layerValues(layer, weights, given)));
}

function layerValues(layer, weights, given) {
  const count = given[0].length;
  return Array.from({ length: layer.units }, (_, unit) => {
    const sum = new Float32Array(count).fill(weights[layer.biases + unit]);
    for (let j = 0; j < layer.given; j++) {
      const w = weights[layer.weights + unit * layer.given + j], from = given[j];
      if (w) for (let i = 0; i < count; i++) sum[i] += w * from[i];
    }
    for (const act of layer.acts) for (let i = 0; i < count; i++) sum[i] = act(sum[i]);
    return sum;
  });
}

// What the last layer's numbers mean at point i: a value, the probability of class 1 as −1 … 1, or each class's probability.
function answerAt(model, last, i) {
  if (model.task === "values") return last[0][i];
  if (model.task === "two") return Math.tanh(model.loss === "squared" ? last[0][i] : last[0][i] / 2);
  const most = Math.max(...last.map((each) => each[i]));
  const shares = last.map((each) => Math.exp(each[i] - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((each) => each / sum);
}

function classAt(model, last, i) {
  if (model.task === "two") return last[0][i] > 0 ? 1 : 0;
  let best = 0;
  for (let k = 1; k < last.length; k++) if (last[k][i] > last[best][i]) best = k;
  return best;
}

// Hidden units that cannot learn: their activation is flat at every training point. Names "layer.unit".
function deadUnits(model, weights, inputs) {
  const dead = new Set();
  let given = inputs;
  for (const [index, layer] of model.layers.slice(0, -1).entries()) {
    const sums = layerValues({ ...layer, acts: [] }, weights, given);
    given = sums.map((sum) => sum.map((z) => activated(layer, z)));
    sums.forEach((sum, unit) => {
      if (sum.length && sum.every((z) => activated(layer, z + 1e-3) === activated(layer, z - 1e-3))) dead.add(`${index}.${unit}`);
    });
  }
  return dead;
}

function activated(layer, z) {
  for (const act of layer.acts) z = act(z);
  return z;
}
