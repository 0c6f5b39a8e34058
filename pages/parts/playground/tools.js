// What can be done with the points: others are drawn, or these are made one's own, added to, moved and taken away.

function toolsOf(view, bar) {
  const made = { tool: "look" };
  const own = () => view.data.own.length > 0;

  made.load = () => {
    const key = `${own()}|${view.data.names}|${view.data.task}|${view.data.present}`;
    if (made.key === key) return;
    made.key = key;
    made.tool = own() && !view.data.present ? "0" : "look";
    build();
  };
  const build = () => {
    bar.replaceChildren();
    const press = (text, title, act, tool) => {
      const each = element(bar, "button", { type: "button", title, ...(tool ? { "aria-pressed": made.tool === tool } : {}) }, text);
      each.onclick = act;
      return each;
    };
    if (!own()) {
      press("New points", "Draw other points from the next seed", () => view.act({ kind: "points" }));
      press("Edit the points", "Make these points yours: add, move and remove some", () => made.send(listed()));
      return;
    }
    const choose = (tool) => () => { made.tool = tool; build(); };
    press("Look", "Point at the map without changing it", choose("look"), "look");
    for (const [i, name] of kinds().entries()) {
      const each = press(`Add ${name}`, `A click adds a point of ${name}`, choose(`${i}`), `${i}`);
      each.style.setProperty("--own", i > 1 || view.model.task === "many" ? CLASSES[i] : targetColour(view.model, view.model.task === "values" ? i * 2 - 1 : i));
    }
    press("Remove", "A click takes the nearest point away", choose("remove"), "remove");
    press("Start over", "Two points only", () => made.send([[-2, 0, kinds()[0]], [2, 0, kinds()[1]]]));
  };
  const kinds = () => {
    if (view.model.task === "values") return ["-1.0", "1.0"];
    const { names } = view.data, next = names.every((each) => /^\d+$/.test(each)) ? `${Math.max(...names.map(Number)) + 1}` : null;
    return next && names.length < 8 ? [...names, next] : names;
  };
  // The points as they were brought, each [x, y, class or value].
  const listed = () => {
    const { points, data } = view, found = [];
    for (let i = 0; i < points.length / 3; i++) {
      const target = points[3 * i + 2];
      found[data.own[i] ?? i] = [points[3 * i], points[3 * i + 1], data.task === "values" ? target.toFixed(3) : data.names[target]];
    }
    return found.filter(Boolean);
  };
  made.send = (points) => {
    const text = points.map(([x, y, name]) => `${Number(x.toFixed(2))}, ${Number(y.toFixed(2))}, ${name}`).join("; ");
    view.act({ kind: "own", points: text, weights: view.timeline.frame().update ? textOf(Float32Array.from(view.weights())) : "" });
  };
  const near = (points, [x, y]) => {
    const away = points.map(([a, b]) => Math.hypot(a - x, b - y));
    const best = away.indexOf(Math.min(...away));
    return away[best] < 0.35 ? best : -1;
  };

  let held = null;
  // Whether a press on the map was meant for the points.
  made.down = (place) => {
    if (!own() || made.tool === "look") return false;
    const points = listed(), at = near(points, place);
    if (made.tool === "remove") {
      if (at >= 0 && points.length > 2) made.send(points.filter((_, i) => i !== at));
      return true;
    }
    if (at >= 0) held = { points, at };
    else if (points.length < 500) made.send([...points, [...place, kinds()[Number(made.tool)]]]);
    return true;
  };
  // A point that is dragged is seen where it is; when it is let go, training goes on with it.
  made.move = (place) => {
    if (!held) return;
    held.moved = place;
    const order = view.data.own.indexOf(held.at);
    view.points[3 * order] = place[0];
    view.points[3 * order + 1] = place[1];
    view.points = Float32Array.from(view.points);
    view.testInputs = null;
    view.paint();
  };
  made.up = () => {
    if (held?.moved) {
      held.points[held.at] = [...held.moved, held.points[held.at][2]];
      made.send(held.points);
    }
    held = null;
  };
  return made;
}
