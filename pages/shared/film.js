// Moving curves and points over a Plotly chart: drawn as SVG of our own, since Plotly computes every trace anew for a
// frame. While a film is on, Plotly's own drawing of these traces is hidden.

const SVG = "http://www.w3.org/2000/svg";
// Corners of Plotly's symbols around a point, for a radius of 1; all others are circles.
const SYMBOLS = {
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  "triangle-up": [[-1.15, 0.58], [0, -1.15], [1.15, 0.58]],
};
const DASHES = { dash: "9 9", dot: "3 3", longdash: "15 9", dashdot: "9 6 3 6" };

function film(chart) {
  const canvas = document.createElementNS(SVG, "svg");
  canvas.setAttribute("class", "film");
  const made = { on: false };

  // changes: [trace, { x, y }] for traces of type scatter; a coordinate that is missing stays as it is.
  made.show = (changes) => {
    if (canvas.parentNode !== chart) chart.append(canvas);
    canvas.replaceChildren(...changes.flatMap(([index, values]) => sketch(index, values)));
    hide(changes.map(([index]) => index));
    made.on = true;
  };
  made.clear = () => {
    canvas.replaceChildren();
    hide([]);
    made.on = false;
  };
  const hide = (traces) => {
    const hidden = new Set(traces.map((trace) => `trace${chart._fullData[trace]?.uid}`));
    for (const each of chart.querySelectorAll(".scatterlayer > .trace")) {
      each.style.display = [...each.classList].some((name) => hidden.has(name)) ? "none" : "";
    }
  };
  const sketch = (index, values) => {
    const trace = chart._fullData[index];
    const pair = chart._fullLayout._plots[trace.xaxis + trace.yaxis];
    if (trace.visible !== true || !pair) return [];
    const { xaxis, yaxis } = pair;
    const xs = values.x ?? trace.x ?? [];
    const ys = values.y ?? trace.y ?? [];
    const frame = () => {
      const made = document.createElementNS(SVG, "svg");
      for (const [name, value] of [["x", xaxis._offset], ["y", yaxis._offset], ["width", xaxis._length], ["height", yaxis._length]]) {
        made.setAttribute(name, value);
      }
      made.style.opacity = trace.opacity ?? 1;
      return made;
    };
    const [lines, markers] = [frame(), frame()];
    markers.style.overflow = "visible"; // as in Plotly's drawing, a marker at the end of an axis is whole
    const within = ([x, y]) => x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length;
    const points = Array.from({ length: Math.min(xs.length, ys.length) }, (_, i) => [xaxis.d2p(xs[i]), yaxis.d2p(ys[i])]);
    const mode = trace.mode ?? "lines";
    if (mode.includes("lines")) lines.append(...curve(points, trace, yaxis));
    if (mode.includes("markers")) markers.append(...points.map((point, i) => within(point) && marker(point, trace.marker, i)).filter(Boolean));
    return [lines, markers];
  };
  return made;
}

function curve(points, trace, yaxis) {
  let path = "";
  let pen = "M";
  for (const [x, y] of points) {
    const drawn = Number.isFinite(x) && Number.isFinite(y);
    if (drawn) path += `${pen}${x.toFixed(1)},${Math.max(-1e5, Math.min(1e5, y)).toFixed(1)}`;
    pen = drawn ? "L" : "M";
  }
  if (!path) return [];
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  Object.assign(line.style, { fill: "none", stroke: trace.line.color, strokeWidth: trace.line.width, strokeLinejoin: "round" });
  if (DASHES[trace.line.dash]) line.style.strokeDasharray = DASHES[trace.line.dash];
  if (trace.fill !== "tozeroy") return [line];
  const area = document.createElementNS(SVG, "path");
  const floor = yaxis.d2p(0).toFixed(1);
  area.setAttribute("d", `${path}L${points.at(-1)[0].toFixed(1)},${floor}L${points[0][0].toFixed(1)},${floor}Z`);
  area.style.fill = trace.fillcolor;
  return [area, line];
}

function marker([x, y], look, index) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
  const of = (value) => (Array.isArray(value) || ArrayBuffer.isView(value) ? value[index] : value);
  const radius = (of(look.size) ?? 6) / 2;
  const corners = SYMBOLS[of(look.symbol)];
  const dot = document.createElementNS(SVG, corners ? "polygon" : "circle");
  if (corners) {
    dot.setAttribute("points", corners.map(([dx, dy]) => [x + dx * radius, y + dy * radius].join()).join(" "));
  } else {
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    dot.setAttribute("r", radius);
  }
  Object.assign(dot.style, { fill: of(look.color), stroke: of(look.line?.color) ?? "none", strokeWidth: of(look.line?.width) ?? 0 });
  return dot;
}
