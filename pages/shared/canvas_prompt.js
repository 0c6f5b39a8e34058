// streamlit-drawable-canvas waits 200 ms after a stroke before it sends it; its own send button does not wait.
// Its toolbar is hidden: the page has undo and clear below the canvas, where a finger finds them too.

export default function () {
  const done = new AbortController();
  const listen = (name, listener) => document.addEventListener(name, listener, { signal: done.signal, capture: true });
  const canvasAt = (event) => event.composedPath().find((each) => each.classList?.contains("dc-root")) ?? null;
  let canvas = null;

  const begin = (event) => {
    canvas = canvasAt(event);
  };
  const end = () => {
    const send = canvas?.querySelector(".dc-toolbar .dc-icon-button");
    canvas = null;
    if (send) setTimeout(() => send.click()); // after the canvas has taken the stroke in
  };
  listen("mousedown", begin);
  listen("touchstart", begin);
  listen("mouseup", end);
  listen("touchend", end);
  listen("pointerover", (event) => {
    const toolbar = canvasAt(event)?.querySelector(".dc-toolbar");
    if (toolbar) toolbar.style.visibility = "hidden";
  });
  return () => done.abort();
}
