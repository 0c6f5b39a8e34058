// Pictures that are pasted anywhere on the page, or dropped anywhere on it, go the way of those that are chosen.
const UPLOADER = '[class*="st-key-draw_file_"] [data-testid="stFileUploader"]';
const RUNNING = '[data-testid="stApp"][data-test-script-state="running"]';
const WRITTEN_IN = 'textarea, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="range"], [role="combobox"])';
const LOOK_MS = 50;
// Each file has a field of its own.
const placeOf = uploader => /draw_file_\d+/.exec(uploader.closest('[class*="st-key-draw_file_"]').className)[0];

// say(sentence): where the visitor sees it. bring(files): the picture among them, or the first of them, goes into the
// field once the server has answered what came before. answered(count, shown): the server has read the count-th file,
// and whether a picture is shown now.
function carrier(say) {
  let [waiting, sent, timer, known] = [null, null, 0, ""];

  const look = () => {
    const uploader = document.querySelector(UPLOADER);
    const field = uploader?.querySelector('input[type="file"]');
    if (waiting && !sent && field && !field.disabled && !document.querySelector(RUNNING)) {
      const chosen = new DataTransfer();
      chosen.items.add(waiting.file);
      field.files = chosen.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      [waiting, sent] = [null, { ...waiting, place: placeOf(uploader) }];
    } else if (sent && uploader && placeOf(uploader) === sent.place) { // or the server has taken it: its answer comes
      const chip = [...uploader.querySelectorAll(".stFileChip")].at(-1);
      const refused = chip?.querySelector('[role="alert"]');
      if (refused) say(`${sent.file.name} did not arrive. ${refused.textContent.replace("Error: ", "")}`);
      if (refused || (sent.seen && !chip)) sent = null; // it failed, or the visitor has taken it back
      else sent.seen = Boolean(chip);
    }
    timer = waiting || sent ? setTimeout(look, LOOK_MS) : 0;
  };
  const bring = files => {
    waiting = { file: files.find(each => each.type.startsWith("image/")) ?? files[0], files };
    say(`Reading ${waiting.file.name} …`);
    if (!timer) look();
  };
  const answered = (count, shown) => {
    if (known === `${count} ${shown}`) return; // only the theme has changed
    known = `${count} ${shown}`;
    const several = sent?.files.length > 1 && `One picture at a time: of ${sent.files.length} files, this is ${sent.file.name}.`;
    if (!waiting) say(several || "");
    sent = null;
  };
  return { bring, answered };
}

function listening({ bring }) {
  const done = new AbortController();
  const listen = (name, listener) => document.addEventListener(name, listener, { signal: done.signal });
  listen("paste", event => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || event.composedPath()[0].matches?.(WRITTEN_IN)) return;
    event.preventDefault();
    bring(files);
  });
  listen("dragover", event => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  listen("drop", event => {
    const files = [...(event.dataTransfer?.files ?? [])];
    const elsewhere = event.composedPath().some(each => each.dataset?.testid === "stFileUploaderDropzone");
    if (!files.length || elsewhere) return;
    event.preventDefault(); // or the browser would leave the page for the file
    bring(files);
  });
  return () => done.abort();
}

// These outlive the element, which React may mount anew between a drop and its answer.
let [line, sentence] = [null, ""];
const carries = carrier(said => {
  sentence = said;
  if (line) line.textContent = said;
});

const mounted = new WeakMap();

export default function ({ data, parentElement }) {
  line = parentElement.querySelector("p");
  line.textContent = sentence;
  carries.answered(data.count, data.shown);
  if (!mounted.has(parentElement)) mounted.set(parentElement, listening(carries));
  line.hidden = false;
  return () => {
    mounted.get(parentElement)?.();
    mounted.delete(parentElement);
  };
}
