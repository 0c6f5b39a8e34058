// Plotly, loaded once for all components of a browser tab, with numbers in the style of the pages.

function plotly(sources) {
  // Shared by all charts of the browser tab.
  window.dlcorePlotly ??= sources
    .reduce((earlier, source) => earlier.catch(() => load(source)), Promise.reject())
    .catch((error) => {
      window.dlcorePlotly = undefined;
      throw error;
    });
  return window.dlcorePlotly;
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(source, document.baseURI);
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly in it")));
    script.onerror = () => reject(new Error("plotly.min.js was not served"));
    document.head.append(script);
  });
}

// Hovers and ticks write numbers as the rest of the page does: Plotly and d3, which it asks, write "-1.6e-5", "5×10⁻⁵" and
// "98%". To be called after a drawing; Plotly makes its locale and its ticks anew for every one.
function houseStyle(chart) {
  const locale = chart._fullLayout?._d3locale;
  if (!locale) return;
  if (!locale.restyled) {
    const { numberFormat } = locale;
    locale.restyled = true;
    locale.numberFormat = (form) => {
      const written = numberFormat(form);
      return (value) => restyled(written(value));
    };
  }
  for (const tick of chart.querySelectorAll(".xtick text, .ytick text, .cbaxis text")) {
    const texts = document.createTreeWalker(tick, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace("×10", "·10").replace(/(\d)%$/, "$1\u00a0%");
  }
  if (!chart.inHouseStyle) chart.on("plotly_afterplot", () => houseStyle(chart));
  chart.inHouseStyle = true;
}

// In presentation mode what is written and drawn in a figure is larger, by as much as the page's own text.
function enlarged({ data, layout }, element) {
  const share = Number(getComputedStyle(element).getPropertyValue("--enlarge")) || 1;
  const grown = new Set(); // a font may stand in several places
  if (share !== 1) for (const part of [data, layout]) grow(part, "", share, grown);
}

const LEAST_FONT = 14; // px, before it grows
const LONGER = { line: ["width"], marker: ["size"], margin: ["l", "r", "t", "b"], colorbar: ["thickness"] }; // what has px

function grow(part, name, share, grown) {
  if (grown.has(part)) return;
  grown.add(part);
  const written = /font$/i.test(name);
  const sized = written ? ["size"] : (LONGER[name] ?? ["standoff", "xshift", "yshift"]);
  for (const [key, value] of Object.entries(part)) {
    if (sized.includes(key)) part[key] = longer(written ? Math.max(value, LEAST_FONT) : value, share);
    else if (Array.isArray(value) ? typeof value[0] === "object" : value && typeof value === "object") {
      if (!value.bdata) grow(value, Array.isArray(part) ? name : key, share, grown);
    }
  }
}

function longer(value, share) {
  if (typeof value === "number") return value * share;
  return Array.isArray(value) ? value.map((each) => each * share) : value;
}
