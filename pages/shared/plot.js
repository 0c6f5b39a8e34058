// A Plotly figure that keeps its node: updated by Plotly.react, clicked, dragged, and played.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plot");
  const plot = (root.plot ??= mountPlot(root));
  plot.send = setTriggerValue;
  plot.update(data);
  // Streamlit calls this before every update too, not only when the plot leaves the page.
  return () => setTimeout(() => {
    if (root.isConnected || !root.plot) return;
    root.plot.close();
    root.plot = undefined;
  });
}

function mountPlot(root) {
  const chart = root.querySelector(".chart");
  const plot = { data: null, figure: null, shared: null, moving: null, waiting: false, send: () => {} };
  let library = null;
  let drawing = false;
  let stale = false;
  const overlay = film(chart);
  const readouts = readoutsBelow(root);

  plot.update = (data) => {
    plot.data = data;
    plot.figure = JSON.parse(data.figure);
    plot.waiting = false;
    chart.style.setProperty("--height", `${data.height}px`);
    keys.offer(Object.keys(data.drag).length > 0, data.alt);
    if (plot.moving?.keyed && !plot.queued) plot.moving = null;
    plot.frames = data.frames && unpackFrames(data.frames);
    join();
    draw();
    if (plot.queued) sendMove();
  };

  const draw = async () => {
    stale = true;
    if (drawing) return;
    drawing = true;
    try {
      library ??= await plotly(plot.data.sources);
      while (stale && root.isConnected) {
        stale = false;
        const { data, layout } = structuredClone(plot.figure);
        themed(layout, chart);
        enlarged({ data, layout }, chart);
        if (plot.frames) for (const [trace, values] of at(plot.frames, plot.shared.frame)) Object.assign(data[trace], values);
        if (plot.moving) place(data[plot.moving.trace], plot.moving);
        await library.react(chart, data, layout, { ...PLOT_CONFIG, toImageButtonOptions: { format: "svg", filename: plot.data.file_name } });
        houseStyle(chart);
        if (!plot.moving) overlay.clear();
        keys.show();
        for (const each of chart.querySelectorAll(".nsewdrag")) each.style.cursor = plot.data.pick ? "crosshair" : "default";
      }
      if (plot.bar) plot.shared.ready();
    } catch (error) {
      chart.textContent = `The picture could not be drawn here (${error?.message ?? error}). ${plot.data.alt}`;
    } finally {
      drawing = false;
    }
  };

  // Frames: the plot is a member of a group; the one with the bar also shows the formulas.
  let restyling = false;
  let settling = 0;
  const show = (frame) => {
    if (plot.bar) plot.bar.show(frame);
    readouts.show(frame);
    if (!drawing && library && chart._fullData) move(frame);
  };
  const move = async (frame) => {
    const changes = at(plot.frames, frame);
    const flat = changes.filter(([trace]) => chart.data[trace]?.type === "scatter");
    const other = changes.filter(([trace]) => chart.data[trace] && chart.data[trace].type !== "scatter");
    if (flat.length) overlay.show(flat);
    // At rest Plotly draws the frame itself, so that it can be hovered over and downloaded.
    clearTimeout(settling);
    if (flat.length) settling = setTimeout(() => plot.shared && !plot.shared.playing && draw(), 250);
    if (!other.length || restyling) return;
    restyling = true;
    try {
      await restyle(other);
    } finally {
      restyling = false;
      if (plot.shared && plot.shared.frame !== frame) move(plot.shared.frame);
    }
  };
  const restyle = (changes) => {
    const update = {};
    for (const axis of ["x", "y", "z"]) {
      if (changes.some(([, values]) => values[axis])) update[axis] = changes.map(([, values]) => values[axis]);
    }
    return library.restyle(chart, update, changes.map(([trace]) => trace));
  };
  const join = () => {
    const wish = plot.frames?.group ?? null;
    if (plot.group !== wish) {
      plot.shared?.members.delete(show);
      plot.shared?.pictures.delete(chart);
      plot.shared = wish === null ? null : group(wish);
      plot.group = wish;
    }
    dress();
    if (!plot.shared) return;
    plot.shared.members.add(show);
    plot.shared.pictures.add(chart);
    plot.shared.load({ ...plot.frames, waits: true });
    plot.bar?.show(plot.shared.frame);
    readouts.show(plot.shared.frame);
  };
  const dress = () => {
    const wantsBar = Boolean(plot.frames?.bar);
    if (plot.bar && (!wantsBar || plot.bar.shared !== plot.shared)) {
      plot.bar.remove();
      plot.bar = null;
    }
    if (wantsBar && !plot.bar) {
      plot.bar = playerBar(plot.shared, {
        label: (frame) => plot.frames.labels?.[frame] ?? `${frame} of ${plot.shared.count - 1}`,
        settled: (frame) => plot.data.settle && plot.send("settled", { frame }),
      });
      plot.bar.shared = plot.shared;
      chart.after(plot.bar);
    }
    readouts.load(plot.frames?.readouts ?? []);
  };

  // Pointer: a press near a point that may be dragged takes it along; a press and release elsewhere is a pick.
  let press = null;
  const axes = () => chart._fullLayout?._plots?.xy;
  const inside = (value, length) => Math.min(Math.max(value, 0), length);
  const toData = (event, { nearby = false } = {}) => {
    const pair = axes();
    if (!pair) return null;
    const box = chart.getBoundingClientRect();
    const at = [event.clientX - box.left - pair.xaxis._offset, event.clientY - box.top - pair.yaxis._offset];
    const [px, py] = [inside(at[0], pair.xaxis._length), inside(at[1], pair.yaxis._length)];
    if (!nearby && (px !== at[0] || py !== at[1])) return null;
    const value = (axis, at) => (axis.type === "category" ? axis.p2l(at) : axis.p2d(at)); // a category by its number
    return { x: value(pair.xaxis, px), y: value(pair.yaxis, py), px, py };
  };
  const nearest = (event) => {
    const here = toData(event);
    if (!here) return null;
    let best = null;
    let reach = event.pointerType === "touch" ? 30 : 18;
    for (const [trace, way] of Object.entries(plot.data.drag)) {
      const { x, y } = chart._fullData?.[trace] ?? {};
      for (let index = 0; index < (x?.length ?? 0); index++) {
        const distance = Math.hypot(axes().xaxis.d2p(x[index]) - here.px, axes().yaxis.d2p(y[index]) - here.py);
        if (distance < reach) {
          reach = distance;
          best = { trace: Number(trace), index, way, x: x[index], y: y[index] };
        }
      }
    }
    return best;
  };
  const place = (trace, { index, x, y }) => {
    if (!trace?.x || !trace.y) return;
    trace.x = values(trace.x);
    trace.y = values(trace.y);
    trace.x[index] = x;
    trace.y[index] = y;
  };
  const sendMove = () => {
    if (plot.waiting || !plot.queued) return;
    plot.waiting = true;
    const { trace, index, x, y } = plot.queued;
    plot.queued = null;
    plot.send("moved", { trace, index, x, y });
    clearTimeout(plot.patience);
    plot.patience = setTimeout(() => {
      plot.waiting = false;
      sendMove();
    }, 500);
  };
  const follow = (event) => { // beyond an axis a point goes to its very end
    const here = toData(event, { nearby: true });
    if (!here) return;
    if (plot.moving.way.includes("x")) plot.moving.x = here.x;
    if (plot.moving.way.includes("y")) plot.moving.y = here.y;
    moved();
  };
  const moved = () => {
    plot.queued = { ...plot.moving };
    sendMove();
    const trace = { x: chart._fullData[plot.moving.trace].x, y: chart._fullData[plot.moving.trace].y };
    place(trace, plot.moving);
    overlay.show([[plot.moving.trace, trace]]);
  };
  const down = (event) => {
    if (event.button > 0 || !plot.data || event.target.closest(".modebar, .legend")) return;
    const found = nearest(event);
    press = { x: event.clientX, y: event.clientY };
    // Plotly covers the page while a button is down, so the release is heard there.
    window.addEventListener("pointerup", up, { capture: true, once: true });
    if (!found) return;
    plot.moving = found;
    event.preventDefault();
    event.stopPropagation();
    chart.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") chart.style.touchAction = "none";
  };
  const hover = (event) => {
    if (plot.moving && !plot.moving.keyed) {
      event.stopPropagation();
      follow(event);
    } else if (Object.keys(plot.data?.drag ?? {}).length && event.pointerType === "mouse") {
      const over = nearest(event);
      for (const each of chart.querySelectorAll(".nsewdrag")) each.style.cursor = over ? "grab" : plot.data.pick ? "crosshair" : "default";
    }
  };
  const up = (event) => {
    chart.style.touchAction = "";
    if (plot.moving && !plot.moving.keyed) {
      follow(event);
      plot.moving = null;
    } else if (press && plot.data.pick && Math.hypot(event.clientX - press.x, event.clientY - press.y) < 6) {
      const here = toData(event);
      if (here) plot.send("picked", { x: here.x, y: here.y });
    }
    press = null;
  };
  const points = () =>
    Object.entries(plot.data?.drag ?? {}).flatMap(([trace, way]) => {
      const { x, y } = plot.figure.data[trace] ?? {};
      if (!x || !y) return [];
      const ys = values(y);
      return values(x).map((each, index) =>
        plot.moving?.trace === Number(trace) && plot.moving.index === index ? { ...plot.moving } : { trace: Number(trace), index, way, x: each, y: ys[index] },
      );
    });
  const keys = keyboard(chart, {
    points,
    axes,
    move: (point) => {
      plot.moving = { ...point, keyed: true };
      moved();
    },
  });

  const touched = (event) => plot.moving && event.preventDefault();
  const listeners = { pointerdown: down, pointermove: hover, pointercancel: () => ((plot.moving = null), (press = null)) };
  for (const [name, action] of Object.entries(listeners)) chart.addEventListener(name, action, { capture: true });
  chart.addEventListener("touchmove", touched, { passive: false });

  const resized = new ResizeObserver(() => {
    if (chart.clientWidth && library && chart.layout) requestAnimationFrame(() => root.isConnected && library.Plots.resize(chart));
  });
  resized.observe(chart);
  const seen = new IntersectionObserver(() => plot.shared?.seen(), { threshold: [0.25, 0.5, 0.75] });
  seen.observe(chart);
  const recoloured = new MutationObserver(() => requestAnimationFrame(draw));
  const app = root.closest("[data-testid=stApp]");
  if (app) recoloured.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  window.addEventListener("dlcore-enlarged", draw);

  plot.close = () => {
    clearTimeout(settling);
    resized.disconnect();
    readouts.close();
    seen.disconnect();
    recoloured.disconnect();
    window.removeEventListener("dlcore-enlarged", draw);
    plot.shared?.members.delete(show);
    plot.shared?.pictures.delete(chart);
    if (library) library.purge(chart);
  };
  return plot;
}

const PLOT_CONFIG = { displaylogo: false, responsive: false, scrollZoom: false, doubleClick: false, modeBarButtons: [["toImage", "resetScale2d"]] };

// What Plotly calls an array: a plain one, or numbers packed as base64.
function values(array) {
  if (!array?.bdata) return [...array];
  const types = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };
  return [...new types[array.dtype](Uint8Array.from(atob(array.bdata), (each) => each.charCodeAt(0)).buffer)];
}

function unpackFrames(frames) {
  const unpack = ({ data, width }) => ({ all: floats(data), width });
  return {
    ...frames,
    tracks: frames.tracks.map((track) => ({
      ...track,
      axes: ["x", "y", "z"].filter((axis) => track[axis]).map((axis) => [axis, unpack(track[axis])]),
    })),
    readouts: frames.readouts.map((each) => ({ ...each, values: unpack(each.values), shown: each.shown && unpack(each.shown) })),
  };
}

// What each trace shows at a frame: [trace, { x, y, z }].
function at(frames, frame) {
  return frames.tracks.map(({ trace, mode, axes }) => [
    trace,
    Object.fromEntries(axes.map(([axis, { all, width }]) => [axis, Array.from(
      mode === "trail" ? all.subarray(0, frame + 1)
      : mode === "point" ? all.subarray(frame, frame + 1)
      : all.subarray(frame * width, (frame + 1) * width),
    )])),
  ]);
}

// The page's own colours, so that a change of theme needs no answer from the server.
function themed(layout, element) {
  const style = getComputedStyle(element);
  const variable = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const ink = variable("--st-text-color", "#333");
  const grid = variable("--st-border-color", "#ddd");
  const paper = variable("--st-background-color", "#fff");
  const font = { family: variable("--st-font", "sans-serif"), color: ink };
  layout.height = element.clientHeight;
  layout.autosize = true;
  layout.dragmode ??= false;
  layout.uirevision ??= "kept";
  layout.font = { size: 14, ...layout.font, ...font };
  layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: grid, activecolor: ink };
  layout.hoverlabel = { bgcolor: paper, bordercolor: grid, font: { ...font, size: 14 } };
  for (const [name, axis] of Object.entries({ xaxis: {}, yaxis: {}, ...layout })) {
    if (!/^[xy]axis\d*$/.test(name)) continue;
    layout[name] = { ...axis, gridcolor: grid, linecolor: grid, zerolinecolor: grid, tickcolor: grid, automargin: true };
    layout[name].tickfont = { size: 14, ...axis.tickfont, color: ink };
    if (axis.title) layout[name].title = { ...(typeof axis.title === "string" ? { text: axis.title } : axis.title) };
    if (layout[name].title) layout[name].title.font = { size: 14, ...layout[name].title.font, color: ink };
  }
  for (const [name, scene] of Object.entries(layout)) {
    if (!/^scene\d*$/.test(name)) continue;
    for (const axis of ["xaxis", "yaxis", "zaxis"]) {
      scene[axis] = { ...scene[axis], color: ink, gridcolor: grid, zerolinecolor: grid, backgroundcolor: "rgba(0,0,0,0)" };
    }
    scene.dragmode ??= "orbit";
  }
}
