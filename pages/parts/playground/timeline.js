// Moments of a training, as far as they have come from the server, and the clock that plays them. What is ahead is asked
// for before it is needed; moments that lie too far apart for the speed are filled in likewise.

const PICTURES_A_SECOND = 20;
const PATIENCE = 5000; // ms after which a question is asked again
const MOST_KEPT = 3000;

function timelineOf({ ask, show, rested }) {
  const t = { frames: [], index: 0, playing: false, speed: 1, token: null, end: 0, ended: false, lost: "", waiting: false };
  let position = 0, last = 0, number = 0, pending = null, wanted = null, until = null;
  let usual = null; // the speed to go back to after a moment far ahead was fetched

  const frame = () => t.frames[t.index];
  t.frame = frame;
  t.before = () => t.frames[t.index - 1];
  // How many updates a second; while a moment far ahead is fetched, from then on.
  t.pace = (speed) => {
    if (usual === null) t.speed = speed;
    else usual = speed;
  };
  const every = () => Math.max(1, Math.round(t.speed / PICTURES_A_SECOND));

  t.load = (data) => {
    const { stretch } = data;
    const fresh = data.token !== t.token;
    if (fresh) {
      Object.assign(t, { token: data.token, frames: [], index: 0, ended: false, lost: "", waiting: false, end: data.updates });
      position = 0;
      pending = wanted = until = null;
      number = Math.max(number, stretch.answer);
    }
    if (pending && stretch.answer >= pending.number) pending = null;
    merge(unpacked(stretch));
    t.ended ||= stretch.ended;
    t.lost ||= stretch.lost;
    if (wanted !== null && t.frames.some((each) => each.update === wanted)) {
      t.go(wanted);
      rested();
    } else if (fresh) t.go(0);
    else t.go(position);
    if (t.playing) request();
    return fresh;
  };
  const merge = (found) => {
    const known = new Map([...t.frames, ...found].map((each) => [each.update, each]));
    t.frames = [...known.values()].sort((a, b) => a.update - b.update);
    if (t.frames.length > MOST_KEPT) t.frames = t.frames.filter((_, i) => i === 0 || i % 2 || i > t.frames.length - 500);
  };

  // To the last moment that is not after this update.
  t.go = (update) => {
    if (wanted !== null && update >= wanted) wanted = null;
    position = Math.max(0, Math.min(update, t.frames.at(-1)?.update ?? 0));
    let index = 0;
    while (index + 1 < t.frames.length && t.frames[index + 1].update <= position) index++;
    t.index = index;
    show();
  };
  t.play = (to = null) => {
    if (t.playing) return;
    until = to;
    wanted = null;
    if (t.ended && t.index === t.frames.length - 1) t.go(0);
    t.playing = true;
    last = performance.now();
    request();
    requestAnimationFrame(tick);
    show();
  };
  t.pause = () => {
    if (!t.playing) return;
    t.playing = t.waiting = false;
    t.speed = usual ?? t.speed;
    usual = until = null;
    position = frame().update;
    show();
    rested();
  };
  t.step = (by) => {
    t.playing = t.waiting = false;
    until = null;
    const target = frame().update + by;
    if (by < 0) t.go(t.before()?.update ?? 0);
    else if (t.frames[t.index + 1]?.update === target) t.go(target);
    else if (target <= t.end && !(t.ended && t.index === t.frames.length - 1)) {
      return fetch(target);
    }
    rested();
  };
  // One moment that has not come yet, to be shown when it has.
  const fetch = (target) => {
    const { token } = t, after = frame().update;
    wanted = target;
    send({ after, every: target - after, count: 1, to: target });
    setTimeout(() => t.token === token && wanted === target && fetch(target), PATIENCE);
  };
  const arrive = (target) => {
    t.playing = t.waiting = false;
    t.speed = usual ?? t.speed;
    usual = until = null;
    if (frame().update !== target) return fetch(target);
    show();
    rested();
  };
  t.stop = () => { t.playing = false; };
  // Bring a moment that is far ahead: as fast as it can be computed, and then rest there.
  t.aim = (update) => {
    t.playing = false;
    usual ??= t.speed;
    t.speed = Math.max(t.speed, update / 2);
    t.play(Math.min(update, t.end));
  };

  const tick = (now) => {
    if (!t.playing) return;
    const passed = Math.min(250, now - last) / 1000;
    last = now;
    const newest = t.frames.at(-1).update;
    const limit = until === null ? newest : Math.min(newest, until);
    const next = Math.min(limit, position + passed * t.speed);
    t.waiting = next === newest && !t.ended && pending !== null && now - pending.at > 500;
    if (next !== position) {
      const before = t.index;
      position = next;
      while (t.index + 1 < t.frames.length && t.frames[t.index + 1].update <= position) t.index++;
      if (t.index !== before) show();
    }
    if (until !== null && position >= until) return arrive(until);
    if (t.ended && t.index === t.frames.length - 1) return t.pause();
    request();
    requestAnimationFrame(tick);
  };
  const request = () => {
    if (pending && performance.now() - pending.at < PATIENCE) return;
    const ahead = position + t.speed * 2.4;
    let i = t.index;
    const close = () => t.frames[i + 1].update - t.frames[i].update <= every() * 1.01;
    while (i + 1 < t.frames.length && close() && t.frames[i].update < ahead) i++;
    const after = t.frames[i]?.update ?? 0;
    if (after >= Math.min(ahead, until ?? Infinity, t.end) || (t.ended && i === t.frames.length - 1)) return;
    send({ after, every: every(), count: Math.max(2, Math.min(60, Math.ceil((2.6 * t.speed) / every()))), to: until ?? 0 });
  };
  const send = (question) => {
    number += 1;
    pending = { number, at: performance.now() };
    ask({ token: t.token, number, ...question });
  };
  return t;
}

function unpacked({ updates, weights, figures, pulls }) {
  const rows = (packed) => {
    const all = floats(packed), width = updates.length ? all.length / updates.length : 0;
    return (i) => all.subarray(i * width, (i + 1) * width);
  };
  const [w, f, p] = [weights, figures, pulls].map(rows);
  return updates.map((update, i) => ({ update, weights: w(i), figures: f(i), pulls: p(i) }));
}
