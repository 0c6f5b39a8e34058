// Where everything stands: features at the left, layers to the right of each other, the large map last, or on top of all
// where the window is narrow.

function placesOf(model, width, height) {
  const columns = model.layers.length + 1; // the features and every layer, the output too
  const wide = width >= (columns > 5 ? 560 : 400);
  const rows = Math.max(model.features.length, ...model.layers.map((each) => each.units));
  const edge = wide ? 40 : 34; // left of the features, for their names
  const tight = (width * (wide ? 0.54 : 1) - edge) / columns < 62; // no room for − 4 + side by side
  const head = tight ? 66 : 34;
  const large = Math.round(wide ? Math.max(150, Math.min(400, width * 0.42, height - head - 30)) : Math.min(width - 34, 330));
  const room = (wide ? width - large - 44 : width - 4) - edge;
  const below = Math.max(150, (wide ? height : 460) - head);
  const size = Math.max(16, Math.min(46, (room / columns) * 0.66, below / rows - 8));
  const apart = columns > 1 ? (room - size) / (columns - 1) : room;
  const pitch = size + Math.max(4, Math.min(14, (Math.min(below, 420) - rows * size) / rows));
  const top = (wide ? 0 : large + 88) + head;
  const tall = rows * pitch;
  const at = (column, row, count) => ({
    x: edge + column * apart,
    y: top + (tall - count * pitch) / 2 + row * pitch,
  });
  return {
    wide, tight, size, large, head, edge, apart, top, width,
    height: wide ? Math.max(top + tall, head + large + 34) : top + tall + 6,
    feature: (row) => at(0, row, model.features.length),
    unit: (layer, row) => at(layer + 1, row, model.layers[layer].units),
    header: (layer) => ({ x: edge + (layer + 1) * apart + size / 2, y: top - head }),
    buttons: wide ? { x: width - large / 2 - 8, y: head - 34 } : { x: width / 2, y: large + 52 },
    map: wide ? { x: width - large - 8, y: head } : { x: 28, y: 4 },
  };
}
