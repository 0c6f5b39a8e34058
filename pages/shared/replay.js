// A player over the moments of a run. The server draws them: a new one is asked for when the last has come.

export default function({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".replay");
  const view = (root.view ??= created(root));
  view.send = (step) => setTriggerValue("step", step);
  view.take(data);
}

function created(root) {
  const shared = clock();
  const view = { data: { steps: [], labels: [], frame: 0 }, asked: null, wanted: null };
  const ask = (frame) => {
    view.wanted = frame;
    if (view.asked !== null || frame === view.data.frame) return;
    view.asked = frame;
    view.send(view.data.steps[frame]);
  };
  const bar = playerBar(shared, { label: (frame) => view.data.labels[frame] ?? "", settled: ask });
  root.append(bar);
  shared.fps = 4;
  shared.members.add((frame) => {
    bar.show(frame);
    if (view.taken) ask(frame);
  });
  view.take = (data) => {
    const atEnd = !view.taken || view.data.frame === view.data.steps.length - 1;
    const answered = view.asked === null || data.frame === view.asked;
    view.data = data;
    shared.count = data.steps.length;
    if (answered) view.asked = null;
    if (!view.taken || (view.wanted === null && atEnd) || (!shared.playing && view.wanted === data.frame)) {
      view.taken = false;
      shared.show(data.frame);
      view.wanted = null;
    } else bar.show(shared.frame);
    view.taken = true;
    if (view.asked === null && view.wanted !== null && view.wanted !== data.frame) ask(view.wanted);
  };
  return view;
}
