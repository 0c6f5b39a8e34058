// Pictures that are pasted anywhere on the page, or dropped anywhere on it, go the way of those that are chosen.
const FIELD = '[data-testid="stFileUploader"] input[type="file"]';

function give(event, files) {
  const field = document.querySelector(`[class*="st-key-draw_file_"] ${FIELD}`);
  if (!field || !files.length) return;
  event.preventDefault();
  event.stopPropagation();
  const chosen = new DataTransfer();
  chosen.items.add(files[0]);
  field.files = chosen.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export default function () {
  const pasted = event => give(event, [...(event.clipboardData?.files ?? [])]);
  const over = event => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  };
  const dropped = event => {
    const own = event.composedPath().some(each => each.dataset?.testid === "stFileUploaderDropzone");
    if (!own) give(event, [...(event.dataTransfer?.files ?? [])]);
  };
  document.addEventListener("paste", pasted);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", dropped);
  return () => {
    document.removeEventListener("paste", pasted);
    document.removeEventListener("dragover", over);
    document.removeEventListener("drop", dropped);
  };
}
