// A line chart that is updated in place: one Plotly node for the life of the page, so zoom, hover and legend stay.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".live-chart");
  const chart = (root.chart ??= mount(root));
  chart.data = data;
  root.style.setProperty("--height", `${data.height}px`);
  root.setAttribute("aria-label", describe(data));
  chart.draw();
  // Streamlit calls this before every update too, not only when the chart leaves the page.
  return () => setTimeout(() => {
    if (root.isConnected || !root.chart) return;
    root.chart.close();
    root.chart = undefined;
  });
}

function mount(root) {
  const chart = { data: null, plotly: null, busy: false, stale: false, failed: false, pointer: null };

  chart.draw = async () => {
    chart.stale = true;
    if (chart.busy) return;
    chart.busy = true;
    try {
      chart.plotly ??= await plotly(chart.data.sources);
      if (chart.failed) root.replaceChildren();
      chart.failed = false;
      while (chart.stale && root.isConnected) {
        chart.stale = false;
        const figure = { data: traces(chart.data), layout: layout(chart.data, root) };
        enlarged(figure, root);
        await chart.plotly.react(root, figure.data, figure.layout, CONFIG);
        houseStyle(root);
        if (chart.pointer) root.querySelector(".nsewdrag")?.dispatchEvent(new MouseEvent("mousemove", chart.pointer));
      }
    } catch (error) {
      chart.failed = true;
      root.textContent = `The chart could not be drawn here (${error?.message ?? error}). ${describe(chart.data)}`;
    } finally {
      chart.busy = false;
    }
  };

  const follow = (event) => {
    chart.pointer = event.type === "mouseleave" ? null : { bubbles: true, clientX: event.clientX, clientY: event.clientY };
  };
  root.addEventListener("mousemove", follow);
  root.addEventListener("mouseleave", follow);

  const resized = new ResizeObserver(() => {
    if (root.clientWidth && chart.plotly && root.layout) requestAnimationFrame(() => root.isConnected && chart.plotly.Plots.resize(root));
  });
  resized.observe(root);

  const themed = new MutationObserver(() => requestAnimationFrame(chart.draw));
  const app = root.closest("[data-testid=stApp]");
  if (app) themed.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  window.addEventListener("dlcore-enlarged", chart.draw);

  chart.close = () => {
    resized.disconnect();
    themed.disconnect();
    window.removeEventListener("dlcore-enlarged", chart.draw);
    root.removeEventListener("mousemove", follow);
    root.removeEventListener("mouseleave", follow);
    if (chart.plotly) chart.plotly.purge(root);
  };
  return chart;
}

const CONFIG = {
  displaylogo: false,
  responsive: false,
  modeBarButtons: [["toImage", "resetScale2d"]],
  toImageButtonOptions: { format: "svg", filename: "chart" },
};

function traces(data) {
  return data.traces.map((trace) => ({
    type: "scatter",
    name: trace.name,
    showlegend: trace.listed && Boolean(trace.x) && data.traces.length > 1, // a line that has not begun has no name to be looked for
    x: floats(trace.x),
    y: floats(trace.y),
    mode: trace.mode,
    opacity: trace.opacity,
    line: { color: trace.colour, dash: trace.dash, width: trace.width },
    marker: { color: trace.colour, size: 8 },
    hovertemplate: "%{y:.4~g}",
  }));
}

function layout(data, root) {
  const style = getComputedStyle(root);
  const variable = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const ink = variable("--st-text-color", "#333");
  const grid = variable("--st-border-color", "#ddd");
  const paper = variable("--st-background-color", "#fff");
  const font = { family: variable("--st-font", "sans-serif"), size: 14, color: ink };
  const empty = data.traces.every((trace) => !trace.x);
  const axis = { color: ink, gridcolor: grid, linecolor: grid, zerolinecolor: grid, automargin: true, fixedrange: empty };
  return {
    font,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    height: root.clientHeight,
    margin: { l: 60, r: 14, t: 34, b: 46 },
    hovermode: "x unified",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: grid, activecolor: ink },
    hoverlabel: { bgcolor: paper, bordercolor: grid, font },
    uirevision: "kept",
    showlegend: data.traces.length > 1,
    legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", font },
    xaxis: {
      ...axis,
      title: { text: data.x_title, standoff: 6, font },
      rangemode: "tozero",
      hoverformat: ",.6~g",
      ...(empty && { range: [0, 1] }),
      showticklabels: !empty,
      uirevision: `${empty}`,
    },
    yaxis: {
      ...axis,
      title: { text: data.y_title, standoff: 10, font },
      type: data.log_y && !empty ? "log" : "linear",
      ...((empty || data.y_range) && { range: data.y_range ?? [0, 1] }),
      tickformat: data.log_y && !empty ? undefined : data.y_format,
      exponentformat: "power",
      uirevision: `${empty}${data.log_y}`,
    },
    shapes: data.marks.map(([x]) => ({
      type: "line", x0: x, x1: x, y0: 0, y1: 1, yref: "paper", line: { color: ink, width: 1.5, dash: "dot" },
    })),
    annotations: [
      ...data.marks.map(([x, text]) => ({
        x, y: 1, yref: "paper", text: escape(text), showarrow: false, xanchor: "left", yanchor: "top", bgcolor: paper, xshift: 3, font,
      })),
      ...(empty
        ? [{ x: 0.5, y: 0.5, xref: "paper", yref: "paper", text: escape(data.empty), showarrow: false, opacity: 0.75 }]
        : []),
    ],
  };
}

function escape(text) {
  return text.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each]);
}

function describe(data) {
  const last = data.traces
    .filter((trace) => trace.x)
    .map((trace) => `${trace.name} ${shown(floats(trace.y).at(-1))}`);
  return `${data.y_title} against ${data.x_title}: ${last.length ? `latest ${last.join(", ")}` : data.empty}.`;
}
