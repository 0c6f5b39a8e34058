// Points of a chart that can be dragged, for the keyboard: the chart takes the focus, arrow keys move the ringed point
// (with Shift ten times as far), Page up and Page down choose another.

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01; // of the axis

// points(): those that can be dragged, { trace, index, way, x, y }; axes(): Plotly's pair; move(point): take it there.
function keyboard(chart, { points, axes, move }) {
  const ring = Object.assign(document.createElement("div"), { className: "ring", hidden: true });
  const said = Object.assign(document.createElement("output"), { className: "said" });
  let chosen = 0;

  const show = () => {
    const all = points();
    const pair = axes();
    ring.hidden = !all.length || !pair || !chart.matches(":focus-visible");
    if (ring.hidden) return void (said.textContent = "");
    chart.append(ring, said);
    chosen = Math.min(chosen, all.length - 1);
    const { x, y } = all[chosen];
    ring.style.left = `${pair.xaxis._offset + pair.xaxis.d2p(x)}px`;
    ring.style.top = `${pair.yaxis._offset + pair.yaxis.d2p(y)}px`;
    said.textContent = `Point ${chosen + 1} of ${all.length}: ${[x, y].map((each) => (typeof each === "number" ? shown(each, 3) : each)).join(", ")}`;
  };
  const shifted = (axis, value, share) =>
    axis.p2d(Math.min(Math.max(axis.d2p(value) + share * axis._length, 0), axis._length));
  const pressed = (event) => {
    const all = points();
    if (event.target !== chart || !all.length || !axes() || event.altKey || event.ctrlKey || event.metaKey) return;
    const point = all[Math.min(chosen, all.length - 1)];
    const page = { PageUp: -1, PageDown: 1 }[event.key];
    const [right, down] = (DIRECTIONS[event.key] ?? [0, 0]).map((each) => each * STEP * (event.shiftKey ? 10 : 1));
    const { xaxis, yaxis } = axes();
    if (page) chosen = (chosen + page + all.length) % all.length;
    else if (right && point.way.includes("x")) move({ ...point, x: shifted(xaxis, point.x, right) });
    else if (down && point.way.includes("y")) move({ ...point, y: shifted(yaxis, point.y, down) });
    else return;
    event.preventDefault();
    show();
  };
  for (const [name, action] of Object.entries({ keydown: pressed, focus: show, blur: show })) chart.addEventListener(name, action);

  return {
    show,
    // Whether the chart has such points now, and what it is called.
    offer(usable, alt) {
      chart.setAttribute("role", usable ? "application" : "img");
      chart.setAttribute("aria-label", usable ? `${alt} Arrow keys move a point, Page up and Page down choose another.` : alt);
      if (usable) chart.tabIndex = 0;
      else chart.removeAttribute("tabindex");
    },
  };
}
