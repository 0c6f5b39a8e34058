// Expressions of dlcore.formula as functions of numbers: the same formula that runs in torch.

const OPERATIONS = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, pow: (a, b) => a ** b,
  neg: (a) => -a, lt: (a, b) => a < b, le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b,
  where: (condition, a, b) => (condition ? a : b), min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b),
  clamp: (a, low, high) => Math.min(Math.max(a, low), high), sigmoid: (a) => 1 / (1 + Math.exp(-a)), relu: (a) => Math.max(0, a),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), log: Math.log, erf,
  ...Object.fromEntries(["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log2", "log10", "log1p", "sqrt", "abs", "sign"].map((name) => [name, Math[name]])),
};

// tree: a number, the place of a variable as text, or [operation, ...arguments]
function compiled(tree) {
  if (typeof tree === "number") return () => tree;
  if (typeof tree === "string") return tree === "0" ? (a) => a : (a, b) => b;
  const [name, ...rest] = tree;
  const [f, g, h] = rest.map(compiled);
  const does = OPERATIONS[name];
  if (h) return (a, b) => does(f(a, b), g(a, b), h(a, b));
  if (g) return (a, b) => does(f(a, b), g(a, b));
  return rest[0] === "0" ? does : (a, b) => does(f(a, b));
}

// The error function: its series near 0, a continued fraction farther out; right to ten digits and more.
function erf(x) {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x, sum = x;
    for (let n = 1; n < 60 && Math.abs(term) > 1e-17; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 40; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
}
