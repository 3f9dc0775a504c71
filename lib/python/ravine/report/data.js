"use strict";
// What the page carries: the model (JSON) and the columns of curves (packed float32).

const model = JSON.parse(document.getElementById("model").textContent);
const columns = new Map();

function bytesOf(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A bit per observation, a dot, and the values of those whose bit is set; NaN for the others. */
function unpack(text) {
  const [known, values] = text.split(".").map(bytesOf);
  const numbers = new Float32Array(values ? values.buffer : 0);
  const all = new Float32Array(8 * known.length).fill(NaN);
  for (let i = 0, next = 0; i < all.length; i++)
    if (known[i >> 3] & (1 << (i & 7))) all[i] = numbers[next++];
  return all;
}

/** A column of all observations of a suite; decoded when it is first asked for. */
function column(suite, name) {
  const id = `column-${suite}-${name}`;
  if (!columns.has(id)) {
    const holder = document.getElementById(id);
    const text = holder ? holder.textContent.trim() : "";
    columns.set(id, text.startsWith("=") ? column(suite, text.slice(1)) : unpack(text));
  }
  return columns.get(id);
}

/** One trial's points where the metric was measured, and whether it diverged. */
function curveOf(suite, trial, xName, metric) {
  const { begin, end, outcome, seed } = model[suite].trials;
  const x = column(suite, xName), y = column(suite, metric), step = column(suite, "step");
  const curve = { step: [], x: [], y: [], diverged: outcome[trial] === "diverged", seed: seed[trial] };
  for (let i = begin[trial]; i < end[trial]; i++) {
    if (Number.isNaN(y[i])) continue;
    curve.step.push(step[i]);
    curve.x.push(x[i]);
    curve.y.push(y[i]);
  }
  return curve;
}

/** The q-quantile of ascending values, interpolated; infinities count as values. */
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q, low = Math.floor(at), share = at - low;
  if (share === 0 || sorted[low] === sorted[low + 1]) return sorted[low];
  return sorted[low] * (1 - share) + sorted[low + 1] * share;
}

/**
 * Median and quartiles over trials at every step that one of them observed. After its end a
 * diverged trial has the worst value, one that reached its target the last.
 */
function bandOf(curves, worst) {
  const steps = [...new Set(curves.flatMap((curve) => curve.step))].sort((a, b) => a - b);
  const at = curves.map(() => -1);
  const band = { x: [], low: [], median: [], high: [] };
  for (const step of steps) {
    const x = [], y = [];
    curves.forEach((curve, c) => {
      while (at[c] + 1 < curve.step.length && curve.step[at[c] + 1] <= step) at[c]++;
      if (at[c] < 0) return;
      const past = at[c] === curve.step.length - 1 && curve.step[at[c]] < step;
      y.push(past && curve.diverged ? worst : curve.y[at[c]]);
      if (!past) x.push(curve.x[at[c]]);
    });
    y.sort((a, b) => a - b);
    x.sort((a, b) => a - b);
    band.x.push(quantile(x, 0.5));
    band.low.push(quantile(y, 0.25));
    band.median.push(quantile(y, 0.5));
    band.high.push(quantile(y, 0.75));
  }
  return band;
}
