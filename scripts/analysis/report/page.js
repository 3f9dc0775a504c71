"use strict";
// Draws the charts that are on the screen, and all of them before printing.

const CONFIG = { responsive: true, displayModeBar: false };
const onScreen = new Set();

function draw(chart) {
  const { kind, suite, problem } = chart.dataset;
  const { traces, layout: look } = CHARTS[kind](Number(suite), Number(problem), states[Number(suite)]);
  Plotly.react(chart, traces, look, CONFIG);
  chart.dataset.drawn = "yes";
}

/** Draws again what is visible; what is not will be drawn when it comes on the screen. */
function redraw(suite, kinds) {
  for (const chart of document.querySelectorAll(`.chart[data-suite="${suite}"]`)) {
    if (!kinds.includes(chart.dataset.kind)) continue;
    if (onScreen.has(chart)) draw(chart);
    else delete chart.dataset.drawn;
  }
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) onScreen.delete(target);
    else {
      onScreen.add(target);
      if (!target.dataset.drawn) draw(target);
    }
  }
}, { rootMargin: "200px" });

document.querySelectorAll(".controls").forEach(setUpControls);
document.querySelectorAll(".chips").forEach(setUpChips);
document.querySelectorAll("table").forEach(setUpTable);
const charts = [...document.querySelectorAll(".chart")];
charts.forEach((chart) => watcher.observe(chart));

const redrawAll = () => model.forEach((_, suite) => redraw(suite, Object.keys(CHARTS)));
dark.addEventListener("change", () => model.forEach((_, suite) => updateChips(suite)));
let foldedDetails = [];
addEventListener("beforeprint", () => {
  printing = true;
  charts.forEach(draw);
  foldedDetails = [...document.querySelectorAll("details:not([open])")];
  foldedDetails.forEach((one) => { one.open = true; });
});
addEventListener("afterprint", () => {
  printing = false;
  foldedDetails.forEach((one) => { one.open = false; });
  redrawAll();
});
