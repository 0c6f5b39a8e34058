// The eight stages of one step as frames. All numbers come with the data: going through them asks the server nothing.

const NEGATIVE = [47, 127, 208], POSITIVE = [232, 119, 46];
const STILL = 2.5; // a value of the input that has the full colour

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".stages");
  const view = (root.view ??= mount(root));
  view.load(data);
}

function mount(root) {
  const part = (name) => root.querySelector(name);
  const view = { frames: [], at: 0, weight: 0 };
  const go = (to) => {
    const next = Math.max(0, Math.min(view.frames.length - 1, to));
    if (next === view.at) return;
    view.at = next;
    show(root, view);
  };
  part(".back").onclick = () => go(view.at - 1);
  part(".next").onclick = () => go(view.at + 1);
  root.addEventListener("keydown", (event) => {
    if (event.target.matches("select") || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowLeft: view.at - 1, ArrowRight: view.at + 1, Home: 0, End: view.frames.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const onTab = event.target.matches("[role=tab]");
    go(to);
    if (onTab) root.querySelectorAll("[role=tab]")[view.at].focus({ preventScroll: true });
  });
  view.load = (data) => {
    root.classList.toggle("presented", data.presented);
    if (view.token === data.token) return;
    view.token = data.token;
    view.frames = data.frames;
    part(".tabs").replaceChildren(...view.frames.map((frame, index) => {
      const tab = element("button", "", element("b", "", `${index + 1}`), element("span", "", frame.title));
      tab.type = "button";
      tab.role = "tab";
      tab.dataset.stage = frame.name;
      tab.onclick = () => go(index);
      return tab;
    }));
    show(root, view);
  };
  return view;
}

function show(root, view) {
  const frame = view.frames[view.at], last = view.frames.length - 1;
  const part = (name) => root.querySelector(name);
  root.querySelectorAll("[role=tab]").forEach((tab, index) => {
    tab.setAttribute("aria-selected", String(index === view.at));
    tab.tabIndex = index === view.at ? 0 : -1;
  });
  part(".back").disabled = view.at === 0;
  part(".next").disabled = view.at === last;
  part("output").textContent = `Stage ${view.at + 1} of ${last + 1}`;
  part("section").setAttribute("aria-label", frame.title);
  part("h3").textContent = frame.title;
  part(".words").textContent = frame.words;
  part(".picture").replaceChildren(...PICTURES[frame.picture.kind](frame.picture, view, root));
  part(".formulas").replaceChildren(...frame.lines.map(formula));
  part(".numbers").replaceChildren(...frame.numbers.map(([name, value]) => element("div", "", element("dt", "", name), element("dd", "", value))));
  part(".code").replaceChildren(...marked(frame.code));
  part(".more").textContent = `${frame.link.label} ↗`;
  part(".more").href = frame.link.href;
}

const PICTURES = {
  images: ({ before, after, captions, side }) => {
    const bytes = Uint8Array.from(atob(before), (each) => each.charCodeAt(0));
    const values = new Float32Array(Uint8Array.from(atob(after), (each) => each.charCodeAt(0)).buffer);
    const size = side * side;
    const grid = element("div", "images");
    captions.forEach((caption, index) => {
      const place = index * size;
      const kept = pixels(side, (i) => [null, bytes[place + i] / 255], `${caption}, as it is kept`);
      const read = pixels(side, (i) => [values[place + i] < 0 ? NEGATIVE : POSITIVE, Math.min(1, Math.abs(values[place + i]) / STILL)], `${caption}, as the network reads it`);
      grid.append(element("figure", "", kept, read, element("figcaption", "", caption)));
    });
    return [grid];
  },
  chain: ({ cards }) => [
    element("div", "chain", ...cards.map((card) => {
      const box = element("div", "card", picture(card.shape), element("b", "", card.text), element("span", "", card.said));
      if (card.share !== null) {
        box.append(bar(card.share));
        box.title = card.note;
      }
      return box;
    })),
  ],
  histograms: ({ rows }) => rows.map((row) => {
    const drawn = element("div", "histogram", ...row.counts.map((count) => {
      const column = element("i");
      column.style.height = `${100 * count}%`;
      return column;
    }));
    drawn.setAttribute("aria-hidden", "true");
    const ends = element("div", "ends", element("span", "", row.least), element("span", "", row.most));
    return element("div", "row", element("b", "", row.label), element("div", "", drawn, ends), element("span", "", row.said));
  }),
  bars: ({ rows }) => rows.map((row) => element("div", "row", element("b", "", row.label), bar(row.share), element("span", "", row.said))),
  losses: ({ rows }, view) => {
    const images = view.frames.find((each) => each.picture.kind === "images").picture;
    const bytes = Uint8Array.from(atob(images.before), (each) => each.charCodeAt(0));
    const size = images.side * images.side;
    return rows.map((row, index) => {
      const kept = pixels(images.side, (i) => [null, bytes[index * size + i] / 255], row.label);
      return element("div", "row image", element("b", "", kept, row.label), bar(row.share), element("span", "", row.said));
    });
  },
  moved: ({ choices }, view, root) => {
    const chosen = choices[Math.min(view.weight, choices.length - 1)];
    const select = element("select");
    choices.forEach((each, index) => select.add(new Option(each.label, index, false, each === chosen)));
    select.onchange = () => {
      view.weight = Number(select.value);
      show(root, view);
      root.querySelector("select").focus();
    };
    const [old, fresh, step] = chosen.shown;
    const lines = element("div", "lines", ...chosen.lines.map(formula));
    const moved = element("p", "moved", element("span", "", "w = ", element("b", "", old)), " → ", element("span", "", element("b", "", fresh)), element("span", "step", `moved by ${step}`));
    return [element("label", "", "Layer ", select), moved, element("p", "", chosen.said), lines];
  },
};

function formula({ symbols, numbers, value }) {
  const parts = [symbols, numbers, value].filter(Boolean);
  return element("div", "", ...parts.map((part, index) => element("span", index === parts.length - 1 && index ? "value" : "", index ? `= ${part}` : part)));
}

// The lines of the script, with the part of them that is meant.
function marked({ text, part }) {
  const at = part ? text.indexOf(part) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), element("mark", "", part), text.slice(at + part.length)];
}

function bar(share) {
  const filled = element("i");
  filled.style.width = `${100 * share}%`;
  const whole = element("div", "bar", filled);
  whole.setAttribute("aria-hidden", "true");
  return whole;
}

// colour(i): of a pixel, as [red, green, blue] or null for the ink of the page, and its opacity.
function pixels(side, colour, said) {
  const canvas = element("canvas");
  canvas.width = canvas.height = side;
  canvas.role = "img";
  canvas.setAttribute("aria-label", said);
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  let ink = false;
  for (let i = 0; i < side * side; i++) {
    const [rgb, opacity] = colour(i);
    ink ||= rgb === null;
    image.data.set([...(rgb ?? [0, 0, 0]), Math.round(255 * opacity)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  if (!ink) return canvas;
  const shape = element("span", "ink");
  shape.role = "img";
  shape.setAttribute("aria-label", said);
  shape.style.setProperty("--ink", `url(${enlarged(canvas).toDataURL()})`);
  return shape;
}

// Browsers smooth masks: larger pixels stay sharp.
function enlarged(canvas) {
  const large = element("canvas");
  large.width = large.height = 4 * canvas.width;
  const context = large.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  return large;
}

function element(tag, name, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children);
  return made;
}
