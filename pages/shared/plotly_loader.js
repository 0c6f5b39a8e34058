// Plotly, loaded once for all components of a browser tab, and the numbers that Python packs for it.

function plotly(sources) {
  // Shared by all charts of the browser tab.
  window.dlcorePlotly ??= sources
    .reduce((earlier, source) => earlier.catch(() => load(source)), Promise.reject())
    .catch((error) => {
      window.dlcorePlotly = undefined;
      throw error;
    });
  return window.dlcorePlotly;
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(source, document.baseURI);
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly in it")));
    script.onerror = () => reject(new Error("plotly.min.js was not served"));
    document.head.append(script);
  });
}

function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

