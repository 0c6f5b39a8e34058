// Maps of values as pixels: blue below zero, the page's own colour at zero, orange above; classes in their own colours.

const BELOW = [47, 127, 208], ABOVE = [232, 119, 46];
const CLASSES = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70"];
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const mixed = (a, b, share) => a.map((each, i) => Math.round(each + (b[i] - each) * share));
const packedColour = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

function paperOf(root) {
  const found = /^#([0-9a-f]{6})$/i.exec(getComputedStyle(root).getPropertyValue("--st-background-color").trim());
  return found ? rgb(found[0]) : [251, 250, 247];
}

function paletteOf(root) {
  const paper = paperOf(root);
  const table = new Uint32Array(257);
  for (let i = 0; i <= 256; i++) {
    const value = i / 128 - 1;
    table[i] = packedColour(mixed(paper, value < 0 ? BELOW : ABOVE, Math.abs(value)));
  }
  const classes = CLASSES.map((each) => Array.from({ length: 65 }, (_, i) => packedColour(mixed(paper, rgb(each), 0.15 + 0.75 * (i / 64)))));
  return { paper, table, classes, dark: paper[0] + paper[1] + paper[2] < 380 };
}

const signedColour = (palette, value) => palette.table[Math.max(0, Math.min(256, Math.round((value + 1) * 128)))];

// A canvas of side × side pixels; CSS makes it as large as it has to be.
function mapCanvas(side = SIDE) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.image = canvas.getContext("2d").createImageData(side, side);
  canvas.pixels = new Uint32Array(canvas.image.data.buffer);
  return canvas;
}

function paintValues(canvas, values, palette) {
  let most = 1;
  for (const each of values) if (Math.abs(each) > most && Number.isFinite(each)) most = Math.abs(each);
  for (let i = 0; i < values.length; i++) canvas.pixels[i] = signedColour(palette, values[i] / most || 0);
  canvas.getContext("2d").putImageData(canvas.image, 0, 0);
  canvas.most = most;
}

function paintAnswer(canvas, model, last, palette, discrete) {
  for (let i = 0; i < canvas.pixels.length; i++) canvas.pixels[i] = answerColour(model, last, i, palette, discrete);
  canvas.getContext("2d").putImageData(canvas.image, 0, 0);
}

function answerColour(model, last, i, palette, discrete) {
  const answer = answerAt(model, last, i);
  if (model.task === "many") {
    const best = classAt(model, last, i);
    return palette.classes[best % CLASSES.length][discrete ? 44 : Math.round(64 * Math.max(0, Math.min(1, answer[best] || 0)) * 0.7)];
  }
  if (!discrete) return signedColour(palette, answer * 0.8 || 0);
  return signedColour(palette, model.task === "two" ? (last[0][i] > 0 ? 0.6 : -0.6) : (Math.round(answer * 4) / 4) * 0.8 || 0);
}

function targetColour(model, target) {
  if (model.task === "many") return CLASSES[target % CLASSES.length];
  const value = model.task === "two" ? 2 * target - 1 : target;
  return css(mixed([200, 200, 200], value < 0 ? BELOW : ABOVE, Math.min(1, Math.abs(value))));
}
