// The curves of loss and of accuracy or R², up to the moment that is shown.

function curves(canvas, frames, until, ink, end) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const draw = canvas.getContext("2d");
  draw.scale(ratio, ratio);
  draw.font = `14px ${ink.font}`;
  const known = frames.slice(0, until + 1);
  const top = Math.max(1e-6, ...known.flatMap(({ figures }) => [figures[0], figures[1]]).filter(Number.isFinite));
  const [left, right, low, high] = [46, 10, height - 22, 12];
  const x = (update) => left + ((width - left - right) * update) / Math.max(1, end);
  const y = (loss) => high + (low - high) * (1 - Math.min(1, loss / top));
  draw.strokeStyle = ink.grid;
  draw.fillStyle = ink.muted;
  for (const [loss, align] of [[0, "alphabetic"], [top, "hanging"]]) {
    draw.beginPath();
    draw.moveTo(left, y(loss));
    draw.lineTo(width - right, y(loss));
    draw.stroke();
    draw.textAlign = "right";
    draw.textBaseline = align;
    draw.fillText(brief(loss), left - 6, y(loss));
  }
  draw.textBaseline = "alphabetic";
  draw.textAlign = "right";
  draw.fillText(`${shown(end)} updates`, width - right, height - 5);
  draw.textAlign = "left";
  draw.fillText("0", left, height - 5);
  const curve = (place, dash) => {
    draw.setLineDash(dash);
    draw.lineWidth = 2.5;
    draw.strokeStyle = "#3f90da";
    draw.beginPath();
    let pen = false;
    for (const { update, figures } of known) {
      if (!Number.isFinite(figures[place])) continue;
      pen ? draw.lineTo(x(update), y(figures[place])) : draw.moveTo(x(update), y(figures[place]));
      pen = true;
    }
    draw.stroke();
    draw.setLineDash([]);
  };
  curve(1, [6, 4]);
  curve(0, []);
  canvas.updateAt = (px) => Math.max(0, Math.min(end, ((px - left) / (width - left - right)) * end));
}
