// Numbers as a person reads them, for all pictures that are drawn in the browser: the same as dlcore.formula.numbers writes.

// 1.609, 93,322, −5, 7·10⁻²⁶, −∞: up to `digits` digits; whole ones keep theirs up to a million.
function shown(value, digits = 4) {
  if (value === null || value === undefined) return "";
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return scientific(value, digits);
  const kept = Math.max(digits, 1 + Math.floor(Math.log10(size)));
  const [whole, part] = String(Number(value.toPrecision(kept))).split(".");
  return minus(whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : ""));
}

// A number as digits and a power of ten even where it could do without: 5·10⁻¹.
function scientific(value, digits = 1) {
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  return raised(String(Number(mantissa)), Number(power));
}

function raised(mantissa, power) {
  const ten = `10${[...String(power)].map((each) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[each] ?? "⁻").join("")}`;
  return minus({ 1: ten, "-1": `-${ten}` }[mantissa] ?? `${mantissa}·${ten}`);
}

// With `places` decimals, no minus before a zero.
function fixed(value, places) {
  const text = value.toFixed(places);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

// In few characters, for a label in a drawing; `tight` leaves out the 0 before the point and tiny numbers.
function brief(value, tight = false) {
  if (!Number.isFinite(value)) return shown(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (tight && size < 5e-4) return "≈0";
  if (size >= 9.95e3 || size < 5e-4) return scientific(value);
  const places = size >= 99.5 ? 0 : size >= 9.95 || (tight && size >= 0.995) ? 1 : size < 5e-3 ? 3 : 2;
  const text = fixed(value, places);
  return tight ? text.replace(/^(−?)0\./, "$1.") : text;
}

function minus(text) {
  return text.replaceAll("-", "−");
}

// What d3 wrote, in the same style: "-1.64e-5" as −1.64·10⁻⁵, "98.3%" as 98.3 %, without a line break before the sign.
function restyled(text) {
  const [, mantissa, power] = /^(.*\d)e([-+−]?\d+)$/.exec(text) ?? [];
  if (power !== undefined) return raised(mantissa.replace("−", "-"), Number(power.replace("−", "-")));
  return minus(text).replace(/(\d)%$/, "$1\u00a0%");
}

// Numbers as Python packs them for a component: little-endian float32 in base64.
function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function fillNumbers(element, values) {
  for (const each of element.querySelectorAll("[data-n]")) {
    const value = values[Number(each.dataset.n)];
    const text = written(value);
    each.textContent = "wrapped" in each.dataset && value < 0 ? `(${text})` : text;
  }
}

function written(value) {
  return value === undefined || Number.isNaN(value) ? "–" : shown(value);
}
