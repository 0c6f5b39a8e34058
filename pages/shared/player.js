// Frames that several pictures share: one clock, one bar with buttons, and everyone shows the same frame.
//
// group(name): { count, frame, playing, members: Set<(frame) => void>, show(frame), play(), pause(), step(by) }
// playerBar(shared, options): the bar as an element.

const ICONS = {
  first: "M6 6h2v12H6zm3.5 6 8.5 6V6z",
  back: "M15.4 7.4 14 6l-6 6 6 6 1.4-1.4L10.8 12z",
  play: "M8 5v14l11-7z",
  pause: "M6 19h4V5H6zm8-14v14h4V5z",
  next: "M8.6 16.6 10 18l6-6-6-6-1.4 1.4 4.6 4.6z",
  last: "M6 18l8.5-6L6 6zM16 6v12h2V6z",
};

function group(name) {
  const groups = (window.dlcoreGroups ??= new Map());
  if (!groups.has(name)) groups.set(name, clock());
  return groups.get(name);
}

function clock() {
  const shared = { count: 1, frame: 0, playing: false, speed: 1, fps: 20, token: null, due: false, drawn: false, members: new Set(), pictures: new Set() };
  let last = 0;
  let exact = 0;

  shared.show = (frame) => {
    shared.frame = Math.max(0, Math.min(shared.count - 1, Math.round(frame)));
    for (const each of shared.members) each(shared.frame);
  };
  shared.pause = () => {
    shared.playing = false;
    shared.show(shared.frame);
  };
  shared.step = (by) => {
    shared.playing = false;
    shared.show(shared.frame + by);
  };
  shared.play = () => {
    if (shared.playing) return;
    shared.playing = true;
    exact = shared.frame >= shared.count - 1 ? 0 : shared.frame;
    last = performance.now();
    requestAnimationFrame(tick);
  };
  const tick = (now) => {
    if (!shared.playing) return;
    if (!shared.members.size) {
      shared.playing = false;
      return;
    }
    // A stall of the page must not skip the film: at most a quarter of a second passes between two pictures.
    exact += (Math.min(250, now - last) / 1000) * shared.fps * shared.speed;
    last = now;
    if (exact >= shared.count - 1) {
      exact = shared.count - 1;
      shared.playing = false;
    }
    if (Math.floor(exact) !== shared.frame || !shared.playing) shared.show(Math.floor(exact));
    requestAnimationFrame(tick);
  };
  // New frames: who has the bar says how many there are, and where to begin. With `waits`, a film begins only when
  // `ready` is called, so that it does not run before there is a picture.
  shared.load = ({ token, count, fps, arrive, bar = true, waits = false }) => {
    if (shared.token === token || !bar) return;
    shared.token = token;
    shared.count = Math.max(1, count);
    shared.fps = fps;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    shared.playing = false;
    if (arrive === "keep") shared.frame = Math.min(shared.frame, shared.count - 1);
    else if (typeof arrive === "number") shared.frame = Math.min(arrive, shared.count - 1);
    else shared.frame = arrive === "end" || (arrive === "play" && still) ? shared.count - 1 : 0;
    shared.due = arrive === "play" && !still;
    shared.drawn = false;
    shared.show(shared.frame);
    if (!waits) shared.ready();
  };
  shared.ready = () => {
    shared.drawn = true;
    shared.seen();
  };
  // A film begins when one of its pictures is in the window, or it would be over before anybody looks.
  shared.seen = () => {
    const inView = (picture) => {
      const { top, bottom } = picture.getBoundingClientRect();
      return top + bottom > 0 && top + bottom < 2 * window.innerHeight;
    };
    if (!shared.due || !shared.drawn || (shared.pictures.size && ![...shared.pictures].some(inView))) return;
    shared.due = false;
    shared.play();
  };
  return shared;
}

function playerBar(shared, { label = (frame) => `${frame}`, settled = () => {} }) {
  const bar = document.createElement("div");
  bar.className = "player";
  const button = (icon, title, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.title = title;
    made.setAttribute("aria-label", title);
    made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
    made.onclick = () => {
      action();
      if (!shared.playing) settled(shared.frame);
    };
    bar.append(made);
    return made;
  };
  button("first", "To the start", () => shared.step(-shared.count));
  button("back", "One step back", () => shared.step(-1));
  const toggle = button("play", "Play", () => (shared.playing ? shared.pause() : shared.play()));
  button("next", "One step on", () => shared.step(1));
  button("last", "To the end", () => shared.step(shared.count));

  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.step = 1;
  slider.setAttribute("aria-label", "Step");
  slider.oninput = () => {
    shared.playing = false;
    shared.show(Number(slider.value));
  };
  slider.onchange = () => settled(shared.frame);
  bar.append(slider);

  const text = document.createElement("output");
  bar.append(text);

  bar.append(speedChoice(shared));

  let wasPlaying = false;
  bar.show = (frame) => {
    slider.max = shared.count - 1;
    slider.value = frame;
    text.textContent = label(frame);
    slider.setAttribute("aria-valuetext", text.textContent);
    const playing = shared.playing && frame < shared.count - 1;
    toggle.title = playing ? "Pause" : "Play";
    toggle.setAttribute("aria-label", toggle.title);
    toggle.querySelector("path").setAttribute("d", playing ? ICONS.pause : ICONS.play);
    if (wasPlaying && !shared.playing) settled(frame);
    wasPlaying = shared.playing;
  };
  return bar;
}

function speedChoice(shared) {
  const speed = document.createElement("select");
  speed.title = "Speed";
  speed.setAttribute("aria-label", "Speed");
  for (const factor of [0.1, 0.25, 0.5, 1, 2, 4]) speed.add(new Option(`${factor}×`, factor, factor === 1, factor === shared.speed));
  speed.onchange = () => (shared.speed = Number(speed.value));
  return speed;
}
