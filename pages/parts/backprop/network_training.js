// Training without a stop: the network from update to update, as computed by the server beforehand. What is ahead is asked
// for before it is needed, so that the film goes on while the server computes.

const UPDATES_A_SECOND = 20;
const ROOM_AHEAD = 60; // updates that should be there while it plays

function training(view, root, repaint) {
  const place = root.querySelector(".training");
  const [said, toggle] = ["output", ".train"].map((name) => place.querySelector(name));
  let clock = null, course = null, wasPlaying = false, asked = 0;
  let waiting = false; // for the server, at the end of what it has computed; then it goes on by itself
  let aim = null; // where a button leads, until the server has come there
  const done = () => aim ?? clock.frame;

  const button = (text, title, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title });
    made.onclick = act;
    place.append(made);
    return made;
  };
  const more = [1, 10, 100].map((by) => button(`+${by}`, by === 1 ? "Make this update and take the next one apart" : `${by} updates more`, () => go(done() + by)));
  const zero = button("Start", "Back to the start: no update is done", () => go(0));
  toggle.onclick = () => (clock.playing ? clock.pause() : waiting ? rest() : play());
  const rest = () => {
    waiting = false;
    settle(clock.frame);
    label();
    repaint();
  };

  const play = () => {
    if (clock.frame < course.count - 1) return clock.play();
    askForMore();
    waiting = asked > course.count - 1;
    label();
    repaint();
  };
  const askForMore = () => {
    if (course.count > course.most || asked >= course.most) return;
    const wanted = Math.min(course.most, 2 * (course.count - 1));
    if (wanted <= asked) return;
    asked = wanted;
    view.send("more", wanted);
  };
  const settle = (updates) => updates !== view.data.done && view.send("done", updates);
  const go = (wish) => {
    aim = Math.max(0, Math.min(course.most, wish));
    waiting = wasPlaying = clock.playing = false;
    clock.show(Math.min(aim, course.count - 1));
    settle(aim);
  };
  const moved = (frame) => {
    if (clock.playing && course.count - frame < ROOM_AHEAD) askForMore();
    if (wasPlaying && !clock.playing) {
      waiting = frame === course.count - 1 && asked > frame;
      if (!waiting) settle(frame);
    }
    wasPlaying = clock.playing;
    if (wasPlaying) aim = null;
    label();
    repaint();
  };
  const label = () => {
    const last = done() >= course.most;
    said.textContent = `${shown(done())} ${done() === 1 ? "update" : "updates"} done`;
    const training = clock.playing || waiting;
    toggle.textContent = training ? "Pause" : "Train";
    toggle.title = training ? "Stop here and take the next update apart" : "Make one update after the other";
    toggle.disabled = !training && (last || broken());
    for (const each of more) each.disabled = last;
    zero.disabled = !done();
  };
  // The loss stopped being a number: there is nothing more to come.
  const broken = () => clock.frame >= course.count - 1 && asked > course.count - 1;

  const made = {
    load(data) {
      const { lesson, group: name, count, losses, parameters, answers } = data.course;
      if (!clock) {
        clock = group(name);
        clock.fps = UPDATES_A_SECOND;
        clock.speed = 1;
        place.append(speedChoice(clock));
        clock.members.add(moved);
      }
      const unpacked = (each) => ({ all: floats(each.data), width: each.width });
      if (course?.lesson !== lesson) asked = 0;
      const here = `${lesson}|${data.done}`;
      const grown = course?.lesson === lesson && count > course.count;
      course = { ...data.course, here: course?.here, losses: floats(losses.data), parameters: unpacked(parameters), answers: unpacked(answers) };
      clock.count = count;
      if (course.here !== here) {
        course.here = here;
        aim = null;
        waiting = wasPlaying = clock.playing = false;
        clock.show(data.done);
      } else if (waiting && grown) {
        waiting = false;
        clock.play();
      } else if (waiting) rest();
      else label();
    },
    on: () => Boolean(clock) && (clock.playing || waiting || clock.frame !== view.data.done),
    stop: () => (clock?.playing ? clock.pause() : waiting && rest()),
    values: () => valuesAt(course, view.data, clock.frame),
    paint() {
      const words = root.querySelector(".words");
      words.setAttribute("aria-live", clock.playing ? "off" : "polite");
      words.textContent = `After ${shown(clock.frame)} updates the loss over all samples is ${shown(course.losses[clock.frame], 3)}. Pause, and the next update is taken apart here.`;
      root.querySelector(".numbers").replaceChildren();
      lossCurve(root.querySelector(".symbols"), course.losses, clock.frame);
    },
    close() {
      if (!clock) return;
      clock.playing = false;
      clock.members.delete(moved);
    },
  };
  return made;
}

// The numbers of the drawing after so many updates, in the same form as those of one update.
function valuesAt({ parameters, answers, losses }, { units, values, samples }, update) {
  const row = ({ all, width }) => all.subarray(update * width, (update + 1) * width);
  const taker = (numbers) => {
    let place = 0;
    const take = (count) => Array.from(numbers.subarray(place, (place += count)));
    return (rows, columns) => Array.from({ length: rows }, () => take(columns));
  };
  const [parameter, answer] = [taker(row(parameters)), taker(row(answers))];
  const found = { A: [values.A[0]], W: [null], b: [null], Y: values.Y, J: losses[update] };
  for (let layer = 1; layer < units.length; layer++) {
    found.W.push(parameter(units[layer], units[layer - 1]));
    found.b.push(parameter(1, units[layer])[0]);
    found.A.push(answer(units[layer], samples.length));
  }
  return found;
}

// The loss so far, and faintly what is to come.
function lossCurve(place, losses, frame) {
  const [width, height, left, low] = [Math.min(place.parentElement.clientWidth - 8, 640), 190, 46, 30];
  const top = Math.max(...losses) || 1;
  const x = (update) => left + ((width - left - 60) * update) / Math.max(1, losses.length - 1);
  const y = (loss) => 12 + (height - 12 - low) * (1 - loss / top);
  const line = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => `${x(from + at).toFixed(1)},${y(losses[from + at]).toFixed(1)}`).join(" ");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ width, height, class: "curve", role: "img", "aria-label": "The loss from update to update" })) svg.setAttribute(name, value);
  for (const [loss, text] of [[0, "0"], [top, brief(top)]]) {
    drawn(svg, "line", { x1: left, x2: width - 60, y1: y(loss), y2: y(loss), class: "grid" });
    drawn(svg, "text", { x: left - 8, y: y(loss) + 5, "text-anchor": "end" }, text);
  }
  drawn(svg, "text", { x: x(losses.length - 1), y: height - 8, "text-anchor": "end" }, `${shown(losses.length - 1)} updates`);
  drawn(svg, "polyline", { points: line(frame, losses.length - 1), class: "ahead" });
  drawn(svg, "polyline", { points: line(0, frame), class: "sofar" });
  drawn(svg, "circle", { cx: x(frame), cy: y(losses[frame]), r: 6 });
  drawn(svg, "text", { x: x(frame) + 10, y: y(losses[frame]) - 6 }, shown(losses[frame], 3));
  place.replaceChildren(svg);
}
