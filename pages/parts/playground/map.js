// The large map: the network's answer over the whole plane, or one unit's while it is pointed at, with the points on it.

function mapOf(view, large) {
  const canvas = mapCanvas(SIDE), dots = large.querySelector(".dots");
  large.prepend(canvas);
  const reading = view.root.querySelector(".reading");
  const made = {};

  made.place = ({ map, large: size }) => {
    Object.assign(large.style, { left: `${map.x}px`, top: `${map.y}px`, width: `${size}px`, height: `${size}px` });
    Object.assign(reading.style, { left: `${map.x - 20}px`, top: `${map.y + size + 6}px`, width: `${size + 24}px` });
    made.size = size;
    made.dotted = "";
  };
  made.paint = (values, palette) => {
    const last = values.at(-1), { over } = view;
    if (over?.values) paintValues(canvas, over.values, palette);
    else if (over) paintValues(canvas, values[over.layer][over.unit], palette);
    else paintAnswer(canvas, view.model, last, palette, view.data.discrete);
    dotted(palette);
    read();
    large.setAttribute("aria-label", `The network's answer over the plane. ${reading.textContent}. Arrow keys move the point that is looked at.`);
  };
  const dotted = (palette) => {
    const { data, points, point } = view;
    const key = `${data.token}|${made.size}|${palette.dark}|${data.test}|${point}`;
    if (made.dotted === key && made.of === points) return;
    made.dotted = key;
    made.of = points;
    const ratio = window.devicePixelRatio || 1, size = made.size;
    dots.width = dots.height = size * ratio;
    const draw = dots.getContext("2d");
    draw.scale(ratio, ratio);
    const at = (value, flip) => ((flip ? REACH - value : value + REACH) / (2 * REACH)) * size;
    const count = points.length / 3, radius = size < 200 ? 1.9 : size < 240 ? 2.6 : 3.4;
    for (let i = 0; i < count; i++) {
      const test = i >= data.train;
      if (test && !data.test) continue;
      draw.beginPath();
      draw.arc(at(points[3 * i]), at(points[3 * i + 1], true), radius, 0, 7);
      draw.fillStyle = targetColour(view.model, points[3 * i + 2]);
      draw.fill();
      draw.lineWidth = test ? 1.6 : 0.8;
      draw.strokeStyle = test ? (palette.dark ? "#000" : "#333") : "#fff";
      draw.stroke();
    }
    draw.strokeStyle = palette.dark ? "#fff" : "#000";
    draw.lineWidth = 1.5;
    const [x, y] = [at(point[0]), at(point[1], true)];
    draw.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      draw.moveTo(x + 4 * dx, y + 4 * dy);
      draw.lineTo(x + 10 * dx, y + 10 * dy);
    }
    draw.stroke();
  };
  const read = () => {
    const [x, y] = view.point, { over } = view;
    const values = forward(view.model, view.weights(), inputsAt(view.model, view.point));
    const found = over?.values ? shown(view.model.features.find((each) => each.title === over.name).value(x, y), 3)
      : over ? shown(values[over.layer][over.unit][0], 3) : answerText(view, values.at(-1), 0);
    const { tip } = view;
    reading.textContent = tip ? `Weight from ${unitName(view, tip.layer - 1, tip.from)} to ${unitName(view, tip.layer, tip.unit)}: ${shown(view.weights()[tip.place], 3)}` : `${over ? capital(over.name) : "Answer"} at (${fixed(x, 1)}, ${fixed(y, 1)}): ${found}`;
  };
  const planeAt = (event) => {
    const box = dots.getBoundingClientRect();
    const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [REACH * (2 * share[0] - 1), REACH * (1 - 2 * share[1])].map((each) => Math.max(-REACH, Math.min(REACH, each)));
  };
  const look = (point) => {
    view.point = point;
    view.paint();
  };
  large.addEventListener("pointermove", (event) => {
    look(planeAt(event));
    view.tools.move(view.point);
  });
  large.addEventListener("pointerdown", (event) => {
    look(planeAt(event));
    if (view.tools.down(view.point)) large.setPointerCapture(event.pointerId);
  });
  for (const each of ["pointerup", "pointercancel"]) large.addEventListener(each, () => view.tools.up());
  large.addEventListener("keydown", (event) => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      view.tools.down(view.point);
      return view.tools.up();
    }
    if (!dx && !dy) return;
    event.preventDefault();
    look([view.point[0] + dx * 0.2, view.point[1] + dy * 0.2].map((each) => Math.max(-REACH, Math.min(REACH, each))));
  });
  return made;
}
