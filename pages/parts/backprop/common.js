// Shared by the drawings of this page: formulas with numbers in them, SVG, colours of signed values.

// A formula whose #places# are filled by `read(path)`: #W.1.0.2# a number, #(…)# in parentheses if negative, #+i# counted from 1.
function filled(template, read) {
  return template.replace(/<mtext>#(\(?)(\+?)([\w.]+)\)?#<\/mtext>/g, (_, bracket, plus, path) => {
    const value = read(path);
    if (plus) return `<mn>${value + 1}</mn>`;
    if (typeof value !== "number") return `<mtext>${value ?? ""}</mtext>`;
    const text = `<mn>${shown(value, 3)}</mn>`;
    return bracket && (value < 0 || text.includes("·")) ? `<mrow><mo stretchy="false">(</mo>${text}<mo stretchy="false">)</mo></mrow>` : text;
  });
}

// Numbers that JSON does not know come as words.
function revived(value) {
  if (Array.isArray(value)) return value.map(revived);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revived(each)]));
  return { inf: Infinity, "-inf": -Infinity, nan: NaN }[value] ?? value;
}

function drawn(parent, tag, attributes = {}, text = "") {
  const made = parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

// A control answers to the pointer and to Enter and Space alike.
function pressable(element, act) {
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act(event);
  });
}

const NEGATIVE = "#2f7fd0", POSITIVE = "#e8772e";

function signColour(value) {
  return value === 0 || Number.isNaN(value) ? "var(--st-border-color)" : value < 0 ? NEGATIVE : POSITIVE;
}

function tint(value, most, share) {
  const strength = Math.round(100 * share * Math.min(1, Math.abs(value) / most));
  return `color-mix(in srgb, ${signColour(value)} ${strength}%, var(--st-background-color))`;
}

// Runs when the element has really left the page: Streamlit calls a component's cleanup before every update too.
function whenGone(root, close) {
  return () => setTimeout(() => { if (!root.isConnected) close(); });
}
