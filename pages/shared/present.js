// The fit of presentation mode: the largest --fit for which the page's content ends within the window. Heights of
// pictures follow it in present.css; --enlarge says by how much the text of figures is larger than usual.

export default function ({ data }) {
  const fit = (window.dlcoreFit ??= fitter());
  fit.turn(data.on);
}

const LEAST = 0.3;
const MOST = 5;
const SLACK = 14; // px: a gap below that is too small for the pictures to be drawn anew
const USUAL = 14; // px: the text of figures

function fitter() {
  const root = document.documentElement;
  const made = { on: false };
  let planned = 0;
  let watched = null;

  const block = () => document.querySelector(".stMainBlockContainer > .stVerticalBlock");
  const set = (fit) => root.style.setProperty("--fit", fit.toFixed(4));
  const room = (content) => innerHeight - content.getBoundingClientRect().top - scrolled() - 10;
  const scrolled = () => document.querySelector("[data-testid=stMain]")?.scrollTop ?? 0;

  const refit = () => {
    planned = 0;
    const content = block();
    if (!made.on || !content) return;
    watch(content);
    enlarge(parseFloat(getComputedStyle(root).fontSize) / USUAL);
    const available = room(content);
    const height = () => content.getBoundingClientRect().height;
    const left = available - height();
    if (left >= 0 && left <= SLACK) return;
    set(LEAST);
    limit(content);
    const target = Math.max(available, height());
    let [low, high] = [LEAST, MOST];
    for (let round = 0; round < 9; round++) {
      const middle = (low + high) / 2;
      set(middle);
      if (height() <= target) low = middle;
      else high = middle;
    }
    set(low);
  };
  // How high the columns of a row may be, with what follows it: controls that need more scroll on their own.
  const limit = (content) => {
    for (const row of content.querySelectorAll(".stHorizontalBlock:not(.stColumn *)")) {
      row.style.setProperty("--room", "12rem");
      const below = content.getBoundingClientRect().bottom - row.getBoundingClientRect().bottom;
      row.style.setProperty("--room", `max(12rem, ${room(row) - below}px)`);
    }
  };
  const plan = () => (planned ||= requestAnimationFrame(refit));
  const enlarge = (share) => {
    if (root.style.getPropertyValue("--enlarge") === share.toFixed(3)) return;
    root.style.setProperty("--enlarge", share.toFixed(3));
    window.dispatchEvent(new Event("dlcore-enlarged"));
  };
  const changes = new ResizeObserver(plan);
  const watch = (content) => {
    if (watched === content) return;
    changes.disconnect();
    changes.observe((watched = content));
  };
  window.addEventListener("resize", plan);

  made.turn = (on) => {
    const left = made.on && !on;
    made.on = on;
    if (on) return void plan();
    changes.disconnect();
    watched = null;
    if (!left) return;
    for (const name of ["--fit", "--enlarge"]) root.style.removeProperty(name);
    window.dispatchEvent(new Event("dlcore-enlarged"));
  };
  return made;
}
