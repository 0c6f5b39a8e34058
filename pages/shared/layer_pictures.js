// Numbers as pixels: the colours of all pictures of a walk through a network, and what they are unpacked from.

const NEGATIVE = [0x2f, 0x7f, 0xd0], POSITIVE = [0xe8, 0x77, 0x2e];
const CIVIDIS = ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"]
  .map((each) => [0, 2, 4].map((at) => parseInt(each.slice(at, at + 2), 16)));
const ARRAYS = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array };

function unpacked({ type, shape, bytes }) {
  const raw = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
  return Object.assign(new ARRAYS[type](raw.buffer), { shape });
}

// Blue below 0, orange above, clear at 0, for signed values; cividis for those that are never negative. top: the
// absolute value whose colour is full.
function colour(value, top, signed) {
  if (Number.isNaN(value) || value === undefined) return [0, 0, 0, 0];
  const share = Math.min(1, Math.abs(value) / (top || 1));
  if (signed) return [...(value < 0 ? NEGATIVE : POSITIVE), 255 * Math.sqrt(share)];
  const at = Math.sqrt(share) * (CIVIDIS.length - 1), low = Math.floor(at), high = Math.min(CIVIDIS.length - 1, low + 1);
  return [...CIVIDIS[low].map((each, i) => each + (at - low) * (CIVIDIS[high][i] - each)), 255];
}

function css(value, top, signed) {
  const [r, g, b, a] = colour(value, top, signed);
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)} / ${(a / 255).toFixed(3)})`;
}

// Whether a value that is never negative has a dark colour, on which to write in white.
function dark(value, top) {
  const [r, g, b] = colour(value, top, false);
  return 0.3 * r + 0.6 * g + 0.1 * b < 120;
}

// A row of many numbers is drawn in lines, so that it is seen at once.
function laid(height, width) {
  if (height > 1 || width <= 16) return [height, width];
  const across = Math.ceil(Math.sqrt(width));
  return [Math.ceil(width / across), across];
}

// Fill a canvas, a pixel a number, with maps of [height, width] side by side in `across` columns and a gap between them.
function paint(canvas, values, count, [height, width], across, shade) {
  const columns = Math.min(across, count), rows = Math.ceil(count / columns), gap = count > 1 ? 1 : 0;
  canvas.width = columns * (width + gap) - gap;
  canvas.height = rows * (height + gap) - gap;
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    const map = Math.floor(i / (height * width)), inside = i % (height * width);
    const y = Math.floor(map / columns) * (height + gap) + Math.floor(inside / width);
    const x = (map % columns) * (width + gap) + (inside % width);
    image.data.set(shade(values[i]), 4 * (y * canvas.width + x));
  }
  context.putImageData(image, 0, 0);
  return { columns, gap };
}

function paintMaps(canvas, layer, across) {
  const raw = Uint8Array.from(atob(layer.shades), (each) => each.charCodeAt(0));
  const shades = layer.signed ? new Int8Array(raw.buffer) : raw, shade = (each) => colour(each, layer.signed ? 127 : 255, layer.signed);
  if (layer.cells) return paint(canvas, shades, 1, laid(1, shades.length), 1, shade);
  return paint(canvas, shades, layer.kept, layer.size, across, shade);
}

// The image as ink on the page's own paper.
function paintInk(canvas, pixels, root) {
  const [r, g, b] = getComputedStyle(root).color.match(/[\d.]+/g).map(Number);
  paint(canvas, pixels, 1, [28, 28], 1, (each) => [r, g, b, each]);
}

// Which pixel of a canvas a pointer is on.
function under(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const at = (where, start, size, count) => Math.max(0, Math.min(count - 1, Math.floor(((where - start) / size) * count)));
  return [at(event.clientY, box.top, box.height, canvas.height), at(event.clientX, box.left, box.width, canvas.width)];
}

function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

// A canvas with frames over it. frame(name, top, left, height, width) places one, in pixels of the canvas.
function picture(caption, label) {
  const figure = make("figure"), stage = make("div", "stage"), canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label ?? caption);
  stage.append(canvas);
  figure.append(stage, make("figcaption", "", caption));
  const frames = new Map();
  figure.frame = (name, top, left, height, width) => {
    if (!frames.has(name)) frames.set(name, stage.appendChild(make("i", name)));
    const share = (value, whole) => `${(100 * value) / whole}%`;
    const shown = frames.get(name);
    shown.hidden = height <= 0;
    Object.assign(shown.style, {
      top: share(top, canvas.height), left: share(left, canvas.width),
      height: share(height, canvas.height), width: share(width, canvas.width),
    });
  };
  return Object.assign(figure, { canvas, stage });
}
