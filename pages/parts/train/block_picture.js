// What a block gives, as a small drawing to scale; for all pictures of networks.

const SIDE = 2, MOST = 56, HEIGHT = 66; // pixels a pixel of an image; the longest side; the height of a picture
const SVG = "http://www.w3.org/2000/svg";

// A stack of maps as a box: height and width to scale, its depth the square root of their number. A row of numbers as a
// bar as long as the side of the square that they would fill.
function picture(shape) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  if (!shape) return svg;
  const draw = (points) => {
    const shown = document.createElementNS(SVG, "polygon");
    shown.setAttribute("points", points.map((each) => each.join()).join(" "));
    svg.append(shown);
  };
  const [count, high, wide] = shape.length === 3 ? shape : [1, Math.sqrt(shape[0]), 3];
  const h = Math.max(2, Math.min(MOST, SIDE * high)), w = Math.max(2, Math.min(MOST, SIDE * wide));
  const deep = shape.length === 3 ? Math.min(22, 1.6 * Math.sqrt(count)) : 0;
  const [left, low] = [4, HEIGHT - 2], [right, top] = [left + w, low - h];
  const d = deep / 2;
  if (deep) {
    draw([[left, top], [left + deep, top - d], [right + deep, top - d], [right, top]]);
    draw([[right, top], [right + deep, top - d], [right + deep, low - d], [right, low]]);
  }
  draw([[left, top], [right, top], [right, low], [left, low]]);
  return svg;
}

