// The playground: every unit as a map of the plane, every weight as a line, and the answer as the large map. The server
// trains; what is drawn is computed here from the weights of the moment, so that an edited weight is seen at once.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".playground");
  const view = (root.view ??= mounted(root));
  view.send = setTriggerValue;
  view.load(data);
  return () => setTimeout(() => {
    if (root.isConnected || !root.view) return;
    root.view.close();
    root.view = undefined;
  });
}

const HTML = `
  <div class="player"></div>
  <div class="figures" aria-live="off"></div>
  <p class="lost" role="alert" hidden></p>
  <div class="stage">
    <svg class="edges" aria-hidden="true"></svg>
    <div class="units"></div>
    <div class="large" tabindex="0" role="application"><canvas class="dots"></canvas></div>
    <output class="reading"></output>
  </div>
  <div class="tools"></div>
  <div class="below">
    <figure class="curve"><figcaption></figcaption><canvas role="img"></canvas></figure>
    <figure class="pulls"><figcaption>Length of the gradient (bars: powers of ten)</figcaption><div></div></figure>
    <figure class="confusion"><figcaption>Test points: class and answer</figcaption><div></div></figure>
  </div>
  <section class="card" aria-live="off" hidden></section>`;

function mounted(root) {
  root.innerHTML = HTML;
  const part = (name) => root.querySelector(`.${name}`);
  const view = { root, data: null, model: null, point: [2, 1.5], edited: null, over: null, drawn: "", send: () => {}, first: true };
  view.timeline = timelineOf({
    ask: (question) => view.send("more", question),
    show: () => {
      view.paint();
      view.halt();
    },
    rested: () => view.data && view.act({ kind: "at", update: view.timeline.frame().update }),
  });
  // Whether it was to pause here by itself.
  view.halt = () => {
    const { timeline: t, data } = view;
    if (!t.playing || !data || !t.frame().update) return;
    const [what, limit] = data.stop, [, loss, , score] = t.frame().figures;
    if ((what === "score" && score >= limit) || (what === "loss" && loss <= limit)) t.pause();
  };
  view.act = (event) => view.send("act", { ...event, at: performance.now() });
  view.weights = () => view.edited ?? view.timeline.frame().weights;
  view.edit = (place, value) => {
    view.timeline.pause();
    view.edited ??= Float32Array.from(view.timeline.frame().weights);
    view.edited[place] = value;
    view.paint();
  };
  view.keep = () => view.edited && view.act({ kind: "start", weights: textOf(view.edited) });
  view.card = cardOf(view);
  view.bar = barOf(view, part("player"));
  view.map = mapOf(view, part("large"));
  view.tools = toolsOf(view, part("tools"));
  view.paint = () => view.model && view.timeline.frames.length && paint(view);

  view.load = (data) => {
    view.data = data;
    const shape = JSON.stringify([data.features, data.layers, data.classes, data.task, data.loss]);
    const another = shape !== view.shape;
    if (another) {
      view.shape = shape;
      view.model = modelOf(data);
      view.gridInputs = inputsAt(view.model, (view.grid ??= gridOf(SIDE)));
      view.drawn = "";
    }
    view.points = floats(data.points);
    const fresh = data.token !== view.timeline.token;
    if (fresh) view.edited = null;
    const kept = fresh && !another && data.keep && !view.handed && view.timeline.frame();
    view.handed = view.handed && !fresh;
    view.testInputs = null;
    view.trainInputs = inputsAt(view.model, view.points.subarray(0, 3 * data.train), 3);
    root.classList.toggle("presented", data.present);
    root.dataset.hide = data.hide.join(" ");
    view.arrange();
    if (view.first) view.pace(data);
    view.timeline.load(data);
    if (kept && kept.update) {
      view.handed = true;
      view.act({ kind: "start", weights: textOf(kept.weights) });
    }
    if (fresh || data.play > view.asked) view.begin();
    view.tools.load();
    if (data.present) again(); // once the lines above have their words, and so their heights
  };
  // A page that is opened shows its network at work; a link shows the moment at which it was left.
  view.begin = () => {
    const { at, opens_at, play } = view.data;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (view.first && at === null && !calm) view.timeline.play(Math.min(opens_at, view.data.updates));
    else if (play > view.asked) {
      view.timeline.stop();
      view.timeline.go(0);
      view.timeline.play(Math.min(opens_at, view.data.updates));
    } else if (at) view.timeline.aim(at);
    else if (view.first && at === null) view.timeline.aim(view.timeline.frames.at(-1).update);
    if (view.first) view.card.restore(view.data.card);
    view.first = false;
    view.asked = play;
  };
  view.arrange = () => {
    const width = root.clientWidth;
    if (!width || !view.model) return;
    const height = view.data.present ? Math.max(260, roomBelow(root.querySelector(".stage"))) : 470;
    const drawn = `${view.shape}|${width}|${height}`;
    if (drawn === view.drawn) return;
    view.drawn = drawn;
    build(view, placesOf(view.model, width, height));
    view.card.build();
  };
  const curve = root.querySelector(".curve canvas");
  const pointed = (event) => {
    const box = curve.getBoundingClientRect();
    return Math.round(curve.updateAt(((event.clientX - box.left) * curve.clientWidth) / box.width));
  };
  const tell = (update) => { view.asks = update; view.paint(); };
  curve.addEventListener("pointermove", (event) => tell(pointed(event)));
  curve.addEventListener("pointerleave", () => tell(null));
  curve.addEventListener("click", (event) => {
    view.timeline.pause();
    view.edited = null;
    view.timeline.go(pointed(event));
    view.act({ kind: "at", update: view.timeline.frame().update });
  });
  const again = () => requestAnimationFrame(() => { view.arrange(); view.paint(); });
  const resized = new ResizeObserver(() => root.clientWidth !== view.places?.width && again());
  resized.observe(root);
  const themed = new MutationObserver(() => { view.palette = null; again(); });
  const app = document.querySelector("[data-testid=stApp]");
  if (app) themed.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  view.close = () => {
    view.timeline.stop();
    resized.disconnect();
    themed.disconnect();
  };
  return view;
}

// Down to the end of the window, less a line for the answer, in the element's own px.
const roomBelow = (stage) => (innerHeight - stage.getBoundingClientRect().top) / (stage.currentCSSZoom ?? 1) - 40;
const drawnIn = (parent, tag, attributes) => {
  const made = parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const textOf = (weights) => btoa(String.fromCharCode(...new Uint8Array(weights.buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function barOf(view, bar) {
  const t = view.timeline;
  const button = (icon, title, act) => {
    const made = element(bar, "button", { type: "button", title, "aria-label": title });
    made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
    made.onclick = act;
    return made;
  };
  button("first", "Reset: the same first weights", () => {
    t.pause();
    view.edited = null;
    if (view.data.started) return view.act({ kind: "start", weights: "" });
    t.go(0);
    view.act({ kind: "at", update: 0 });
  });
  button("back", "One step back", () => t.step(-1));
  const toggle = button("play", "Play", () => (t.playing ? t.pause() : (view.edited = null, t.play())));
  button("next", "One update on", () => t.step(1));
  const slider = element(bar, "input", { type: "range", min: 0, step: 1, "aria-label": "Update" });
  slider.oninput = () => {
    t.pause();
    view.edited = null;
    t.go(Number(slider.value));
  };
  slider.onchange = () => view.act({ kind: "at", update: t.frame().update });
  const label = element(bar, "output");
  const speed = element(bar, "select", { title: "Updates a second", "aria-label": "Updates a second" });
  view.pace = ({ speed: now, speeds }) => {
    for (const each of speeds) speed.add(new Option(`${shown(each)}/s`, each, false, each === now));
    t.pace(now);
  };
  speed.onchange = () => {
    t.pace(Number(speed.value));
    view.act({ kind: "speed", speed: Number(speed.value) });
  };
  return () => {
    const { update } = t.frame();
    slider.max = t.frames.at(-1).update;
    slider.value = update;
    label.textContent = `update ${shown(update)}, epoch ${shown(Math.floor(update / view.data.batches))}${t.waiting ? " …" : ""}`;
    slider.setAttribute("aria-valuetext", label.textContent);
    toggle.title = t.playing ? "Pause" : "Play";
    toggle.setAttribute("aria-label", toggle.title);
    toggle.querySelector("path").setAttribute("d", t.playing ? ICONS.pause : ICONS.play);
  };
}

function paint(view) {
  const { root, model, timeline, places } = view;
  if (!places) return;
  const palette = (view.palette ??= paletteOf(root));
  const weights = view.weights();
  const values = forward(model, weights, view.gridInputs);
  view.painted = (view.painted ?? 0) + 1;
  if (!timeline.playing || view.painted % 5 === 0 || !view.dead) view.dead = deadUnits(model, weights, view.trainInputs);
  const { dead } = view;
  for (const each of view.units) {
    if (each.feature) {
      if (each.palette !== palette) paintValues(each.canvas, each.values, (each.palette = palette));
      continue;
    }
    paintValues(each.canvas, values[each.layer][each.unit], palette);
    const b = weights[model.layers[each.layer].biases + each.unit];
    each.bias.style.background = b < 0 ? css(BELOW) : css(ABOVE);
    each.bias.style.opacity = Math.min(1, 0.25 + Math.abs(b));
    each.box.classList.toggle("dead", dead.has(`${each.layer}.${each.unit}`));
    each.box.title = `Bias ${shown(b, 3)}${dead.has(`${each.layer}.${each.unit}`) ? "; dead: its activation is flat at every training point" : ""}`;
  }
  const seldom = timeline.playing && view.edges.length > 300 && view.painted % 3; // so many lines cost more than the maps
  for (const each of seldom ? [] : view.edges) {
    const w = weights[each.place], width = (0.6 + 5 * Math.min(1.6, Math.abs(w) / 2)) * (each === view.tip ? 1.5 : 1) + (each === view.tip ? 2 : 0);
    const text = width.toFixed(1);
    const look = `stroke:${w < 0 ? css(BELOW) : css(ABOVE)};stroke-width:${text};stroke-opacity:${(0.25 + 0.75 * Math.min(1, Math.abs(w))).toFixed(1)}`;
    if (look !== each.look) each.line.setAttribute("style", (each.look = look));
  }
  view.map.paint(values, palette);
  view.bar();
  figures(view);
  view.card.paint();
  const lost = root.querySelector(".lost");
  lost.hidden = !timeline.lost || timeline.index < timeline.frames.length - 1;
  lost.textContent = timeline.lost;
  if (!timeline.playing || view.painted % 4 === 0) paintBelow(view);
}

// What is read rather than watched: while the film plays its layout would cost more than all maps.
function paintBelow(view) {
  const { root, timeline } = view, style = getComputedStyle(root);
  const ink = { muted: style.color, grid: style.getPropertyValue("--st-border-color"), font: style.fontFamily };
  pulls(view, root.querySelector(".pulls"));
  confusion(view, root.querySelector(".confusion"));
  const canvas = root.querySelector(".curve canvas");
  curves(canvas, timeline.frames, timeline.index, ink, Math.max(timeline.frame().update, 100));
  canvas.setAttribute("aria-label", `Loss from update to update: ${root.querySelector(".figures").textContent}`);
}

function figures(view) {
  const { figures: [train, test, trained, tested], update } = view.timeline.frame();
  const score = view.model.task === "values" ? "R²" : "accuracy";
  const said = (value) => (view.model.task === "values" ? fixed(value, 3) : percentText(value));
  const place = view.root.querySelector(".figures");
  const rows = [["Test loss", shown(test, 3)], [`Test ${score}`, said(tested)], ["Training loss", shown(train, 3)], [`Training ${score}`, said(trained)]];
  if (!place.children.length) for (const _ of rows) element(element(place, "span"), "b");
  rows.forEach(([name, value], i) => {
    const each = place.children[i];
    each.replaceChildren(`${name} `);
    element(each, "b", {}, value);
  });
  place.classList.toggle("edited", Boolean(view.edited));
  const asked = view.timeline.frames.findLast((each) => each.update <= (view.asks ?? update)) ?? view.timeline.frame();
  view.root.querySelector(".curve figcaption").textContent = `Loss after ${shown(asked.update)} updates: training (solid) ${shown(asked.figures[0], 3)}, test (dashed) ${shown(asked.figures[1], 3)}`;
}
