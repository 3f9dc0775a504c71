"use strict";
// How values become heights. Accuracies on a log axis are drawn as errors, upside down.

const dark = matchMedia("(prefers-color-scheme: dark)");
let printing = false;
const night = () => dark.matches && !printing;
const colourOf = (one) => one.colours[night() ? 1 : 0];
const LEAST_ERROR = 1e-4;
const narrow = () => innerWidth < 640 || printing;

/** A long title of a y axis in two lines. */
function folded(label) {
  const half = label.lastIndexOf(" ", label.length / 2 + 4);
  return label.length > 28 && half > 0 ? `${label.slice(0, half)}<br>${label.slice(half + 1)}` : label;
}

/** Maps a metric's values to the axis; what has no place there becomes a gap. */
function height(value, accuracy, log) {
  if (!Number.isFinite(value)) return null;
  if (accuracy) return log ? Math.max(1 - value, LEAST_ERROR) : 100 * value;
  return log && value <= 0 ? null : value;
}

/** The text of a value in hover labels. */
function say(value, accuracy) {
  if (!Number.isFinite(value)) return "diverged";
  return accuracy ? `${(100 * value).toFixed(2)} %` : value.toPrecision(4);
}

/** The y axis of a metric. `values` are the heights that should be visible. */
function yAxis(label, accuracy, log, values) {
  const axis = { title: { text: folded(label), standoff: 6 }, automargin: true };
  const seen = values.filter((v) => v !== null && Number.isFinite(v));
  if (!log || !seen.length) return axis;
  const low = seen.reduce((a, b) => Math.min(a, b)), high = seen.reduce((a, b) => Math.max(a, b));
  const room = 0.04 * Math.log10(high / low) + 0.01;
  const range = [Math.log10(low) - room, Math.log10(high) + room];
  if (!accuracy) return { ...axis, type: "log", range, ...roundTicks(low, high) };
  const ticks = spread([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.002,
    0.001, 0.0005, 0.0002, 0.0001], range);
  return { ...axis, type: "log", range: range.reverse(), tickvals: ticks,
    ticktext: ticks.map((error) => +(100 * (1 - error)).toPrecision(5)) };
}

/** The ticks inside a range of log10 that keep a tenth of it between neighbours. */
function spread(ticks, [low, high]) {
  const chosen = [];
  for (const tick of ticks) {
    const at = Math.log10(tick), last = chosen.at(-1);
    if (at < low || at > high) continue;
    if (last === undefined || Math.abs(at - Math.log10(last)) > 0.1 * (high - low)) chosen.push(tick);
  }
  return chosen;
}

/** Within a decade or two, round numbers; beyond, powers of ten. */
function roundTicks(low, high) {
  if (high / low > 200) return { dtick: 1, exponentformat: "power" };
  const steps = high / low > 8 ? [1, 2, 5] : [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const ticks = [];
  for (let decade = -12; decade < 13; decade++)
    for (const step of steps) ticks.push(+(step * 10 ** decade).toPrecision(3));
  const inside = ticks.filter((tick) => tick >= low * 0.99 && tick <= high * 1.01);
  return inside.length > 1 ? { tickvals: inside, ticktext: inside.map(String) } : {};
}

/** Layout that all charts share, in the colours of the page. */
function layout(xaxis, yaxis, more = {}) {
  const ink = night() ? "#9aa3b0" : "#626a76", grid = night() ? "#2a2f38" : "#eceef1";
  const axis = { gridcolor: grid, linecolor: ink, zeroline: false, ticks: "outside", ticklen: 4,
    tickcolor: ink, showline: true };
  return {
    font: { family: "system-ui, 'Segoe UI', 'Helvetica Neue', Lato, sans-serif", size: 12, color: ink },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
    margin: { l: 52, r: 14, t: 10, b: 44 }, hovermode: "closest", dragmode: "zoom",
    hoverlabel: { bgcolor: night() ? "#1c2027" : "#ffffff", font: { size: 12 } },
    xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis }, ...more,
  };
}

/** A colour "#rrggbb" with opacity. */
function faint(hex, opacity) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}
