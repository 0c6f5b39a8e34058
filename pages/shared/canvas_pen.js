// One pointer draws: mouse, pen or finger. Fabric closes a stroke of fingers only when none is left on the screen, and
// not at all when the system takes one away. It is told of a mouse in their place, whose strokes always end.

const STILL = 4; // px that a resting palm moves at most

// sheet(): the element that is drawn on; began, lifted: of a stroke; mistaken: the stroke that ended last was a palm's
function pen(root, sheet, { began, lifted, mistaken }, signal) {
  let stroke = null; // { id, touch, at: the last place, waits: whether Fabric is still to be told of it }

  const tell = (kind, { clientX, clientY, shiftKey }) => {
    const buttons = kind === "mouseup" ? 0 : 1;
    const place = { clientX, clientY, shiftKey, buttons, view: window, bubbles: true, composed: true, cancelable: true };
    sheet().dispatchEvent(new MouseEvent(kind, place));
  };
  const ink = () => {
    stroke.waits = false;
    began();
    tell("mousedown", stroke.at);
  };
  const end = () => {
    if (!stroke.waits) {
      tell("mouseup", stroke.at);
      lifted();
    }
    stroke = null;
  };
  const isPalm = (event) => stroke.touch && (stroke.waits || event.pointerType === "pen");

  const down = (event) => {
    if (event.target !== sheet() || event.button) return;
    event.preventDefault(); // no mouse events after it
    if (stroke && !isPalm(event)) return;
    const palm = stroke && !stroke.waits;
    if (palm) {
      end();
      mistaken();
    }
    const touch = event.pointerType === "touch";
    stroke = { id: event.pointerId, touch, at: event, waits: true };
    if (event.isTrusted) event.target.setPointerCapture(event.pointerId);
    if (!touch && !palm) ink(); // the palm's ink is to be gone first
  };
  const move = (event) => {
    if (event.pointerId !== stroke?.id) return;
    if (!stroke.touch && !event.buttons) return end(); // it was lifted where the browser did not see it
    const { clientX, clientY } = stroke.at;
    if (stroke.waits && Math.hypot(event.clientX - clientX, event.clientY - clientY) < STILL) return;
    if (stroke.waits) ink();
    stroke.at = event;
    tell("mousemove", event);
  };
  const up = (event) => {
    if (event.pointerId !== stroke?.id) return;
    if (stroke.waits) ink(); // a dot
    stroke.at = event;
    end();
  };
  const cancel = (event) => {
    if (event.pointerId === stroke?.id) end(); // where it was last: the event has no place
  };
  const untouched = (event) => {
    if (event.target !== sheet()) return;
    event.preventDefault(); // neither scrolls nor zooms, and no mouse events after it
    event.stopImmediatePropagation();
  };
  const real = (event) => {
    if (event.isTrusted && (stroke || event.composedPath()[0] === sheet())) event.stopImmediatePropagation();
  };

  const listen = (target, name, listener) => target.addEventListener(name, listener, { signal, capture: true, passive: false });
  listen(root, "pointerdown", down);
  listen(root, "touchstart", untouched);
  for (const [name, listener] of Object.entries({ pointermove: move, pointerup: up, pointercancel: cancel })) listen(window, name, listener);
  listen(root, "lostpointercapture", cancel);
  for (const name of ["mousedown", "mousemove", "mouseup"]) listen(window, name, real);
}
