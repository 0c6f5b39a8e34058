// The canvas of streamlit-drawable-canvas in a frame of ours, which knows the strokes before the server does: Undo, Clear,
// Copy link and what is kept in the browser wait for no answer, and what the server has drawn takes nothing of what was
// drawn meanwhile.

const KEPT = "dlcore drawing "; // in localStorage, with the name of the canvas

export default async function ({ data, parentElement, setStateValue }) {
  const board = (parentElement.dlcoreBoard ??= opened(parentElement, data));
  await board.update(data, setStateValue);
  return board.close;
}

function library(addresses) {
  window.dlcoreCanvas ??= addresses
    .reduce((earlier, each) => earlier.catch(() => import(new URL(each, document.baseURI))), Promise.reject())
    .catch((error) => {
      window.dlcoreCanvas = undefined;
      throw error;
    });
  return window.dlcoreCanvas;
}

// What is drawn, as long as the tab is open: whatever becomes of the page's elements and of the session at the server.
// objects: the strokes as Fabric has them; born: when each was drawn, 0 for what was put there; told: the last drawing of
// the server's that was taken over; touched: whether something was drawn or taken away since
function drawingOf(name) {
  const all = (window.dlcoreDrawings ??= {});
  return (all[name] ??= { objects: [], born: [], told: null, touched: false, clock: 0 });
}

function opened(root, { initialDrawing: { name } }) {
  const done = new AbortController();
  const part = (at) => root.querySelector(at);
  const it = drawingOf(name);
  let [draw, shut, data, send] = [];
  let shown = null; // what Fabric was last given
  let busy = false; // a stroke is being drawn, whose beginning Fabric would forget if it were given something now
  let due = false; // something is to be given to it afterwards

  const now = () => (it.clock = Math.max(it.clock + 1, Date.now()));

  const update = async (given, setStateValue) => {
    [data, send] = [given, setStateValue];
    const { default: inner } = await library(given.addresses);
    if (done.signal.aborted) return;
    const first = !draw;
    draw = inner;
    decide(first);
    if (first) begin(data.initialDrawing);
  };
  const decide = (first) => {
    due = busy;
    if (busy) return;
    const order = data.initialDrawing;
    if (order.id && order.id !== it.told) obey(order);
    else if (first) put(it.objects, it.touched);
    else render();
  };
  const begin = (order) => {
    pen(root, () => part(".upper-canvas"), { began, lifted, mistaken }, done.signal);
    for (const [at, act] of Object.entries(acts)) part(at).addEventListener("click", act, { signal: done.signal });
    part(".upper-canvas").setAttribute("role", "img");
    part(".upper-canvas").setAttribute("aria-label", "Sheet to draw on with a mouse, a pen or a finger");
    if (order.id) return;
    if (it.clock) setTimeout(lifted); // a new session at the server, once Fabric has loaded what it was given
    else if (stored()) report({ stored: stored(), objects: [] }, null);
  };
  // What was drawn since the server decided stays.
  const obey = ({ id, seen, objects }) => {
    const since = it.objects.filter((_, place) => it.born[place] > seen);
    it.born = [...objects.map(() => 0), ...it.born.filter((each) => each > seen)];
    it.told = id;
    put([...objects, ...since], since.length > 0);
    keep();
  };
  const put = (objects, touched) => {
    Object.assign(it, { objects, touched });
    shown = { objects, count: (shown?.count ?? 0) + 1, background: "" };
    render();
  };
  const render = () => {
    shut = draw({ data: { ...data, initialDrawing: shown }, parentElement: root, setStateValue: heard });
    look();
  };
  // Fabric tells of all that is on the sheet: what was put there, and what was drawn.
  const heard = (what, { raw, data: png }) => {
    if (what !== "drawing") return;
    if (raw.objects.length > it.objects.length) it.touched = true;
    it.objects = raw.objects;
    it.born = it.objects.map((_, place) => it.born[place] ?? now());
    look();
    keep();
    report({ objects: it.objects, touched: it.touched }, png);
  };
  const report = (raw, png) => send("drawing", { raw: { ...raw, seen: now(), after: it.told }, data: png });

  const began = () => {
    busy = true;
    part(".sheet").classList.add("inked");
    say("");
  };
  // It waits a while before it sends; its own button does not. Fabric has taken the stroke in when this task ends.
  const lifted = () => {
    busy = false;
    queueMicrotask(() => {
      part(".dc-toolbar .dc-icon-button").click();
      if (due) decide(false);
    });
  };
  const mistaken = () => queueMicrotask(acts[".undo"]);
  const acts = {
    ".undo": () => take(it.objects.slice(0, -1)),
    ".clear": () => take([]),
    ".copy": async () => {
      const text = written(it.objects, data.canvasWidth);
      if (text === null) return say("This drawing has too many strokes for a link.");
      const link = new URL(location.href);
      link.searchParams.set("drawing", text);
      if (await copied(link.href)) say("The link is copied, with this drawing in it.", "Copied");
      else say(link.href);
    },
  };
  const take = (objects) => {
    if (busy) return;
    it.born = it.born.slice(0, objects.length);
    put(objects, true);
    say("");
  };

  const look = () => {
    part(".sheet").classList.toggle("inked", it.objects.length > 0);
    for (const at of Object.keys(acts)) part(at).disabled = !it.objects.length;
  };
  // Words below the buttons, or for a screen reader only where a button tells the eye the same.
  const say = (words, label = "") => {
    part("[role=status]").textContent = words;
    part("[role=status]").classList.toggle("unseen", Boolean(label));
    part(".copy b").textContent = label || "Copy link";
  };

  const keep = () => {
    const text = written(it.objects, data.canvasWidth);
    try {
      if (text) localStorage.setItem(KEPT + name, text);
      else localStorage.removeItem(KEPT + name);
    } catch {} // a browser that keeps nothing
  };
  const stored = () => {
    try {
      return localStorage.getItem(KEPT + name);
    } catch {
      return null;
    }
  };
  const close = () => {
    done.abort();
    shut?.();
    delete root.dlcoreBoard;
  };
  return { update, close };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text); // without https there is no clipboard
  }
}

function copiedByHand(text) {
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  const focused = document.activeElement;
  field.style.cssText = "position: fixed; opacity: 0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus?.({ preventScroll: true });
  return done;
}
