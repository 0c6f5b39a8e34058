// One image through a trained network: the layers light up with what they say on the way forward, with gradients on the way back.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".layers");
  const view = (root.view ??= mount(root));
  view.load(data);
  return whenGone(root, () => {
    view.close();
    root.view = undefined;
  });
}

function mount(root) {
  const view = { data: null };
  const clock = group(`layers-${Math.random()}`);
  const title = (frame) => {
    const count = view.data?.layers.length ?? 0;
    if (frame < count) return `Forward, ${view.data?.layers[frame].name}`;
    return frame === count ? "The loss" : `Backward, ${view.data?.layers[2 * count - frame].name}`;
  };
  const bar = playerBar(clock, { label: title });
  root.querySelector(".bar").append(bar);
  const moved = (frame) => {
    bar.show(frame);
    root.dataset.step = frame;
    const count = view.data.layers.length;
    [...root.querySelectorAll(".layer")].forEach((each, place) => {
      each.classList.toggle("active", frame < count ? place === frame : frame > count && place === 2 * count - frame);
      each.classList.toggle("forward", place <= frame);
      each.classList.toggle("back", frame > count && place >= 2 * count - frame);
    });
    root.querySelector(".verdict").classList.toggle("known", frame >= count - 1);
    root.querySelector(".verdict").classList.toggle("active", frame === count);
  };
  clock.members.add(moved);
  view.load = (data) => {
    view.data = data;
    root.querySelector(".cards").replaceChildren(...data.layers.map((layer, place) => card(layer, () => clock.step((clock.frame > data.layers.length ? 2 * data.layers.length - place : place) - clock.frame))));
    root.querySelector(".verdict").textContent = data.verdict;
    clock.load({ token: data.shape, count: 2 * data.layers.length + 1, fps: 1.2, arrive: "end" });
    moved(clock.frame);
  };
  view.close = () => {
    clock.playing = false;
    clock.members.delete(moved);
  };
  return view;
}

function card(layer, go) {
  const made = document.createElement("div");
  made.className = "layer";
  made.tabIndex = 0;
  made.setAttribute("role", "button");
  made.setAttribute("aria-label", `${layer.name}, ${layer.about}`);
  const words = (tag, text, name = "") => Object.assign(document.createElement(tag), { textContent: text, className: name });
  made.append(words("b", layer.name), words("span", layer.about, "about"));
  for (const kind of ["activation", "gradient"]) {
    const figure = document.createElement("figure");
    figure.className = kind;
    const [source, width, height] = layer[kind];
    const image = Object.assign(new Image(), { src: source, alt: `${kind} of ${layer.name}` });
    image.style.aspectRatio = `${width} / ${height}`;
    image.style.width = `min(100%, ${width > 16 ? 150 : 9 * width}px)`;
    figure.append(words("figcaption", kind), image, ...layer[`${kind}_facts`].map((text) => words("span", text, "fact")));
    made.append(figure);
  }
  pressable(made, go);
  return made;
}
