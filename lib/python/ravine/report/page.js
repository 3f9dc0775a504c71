"use strict";
// Draws the charts that are on the screen, and all of them before printing.

const CONFIG = { responsive: true, displayModeBar: false };
const onScreen = new Set();

/** Two charts beside each other fill a page, or one alone, in CSS pixels. */
function onPaper(chart, height) {
  const alone = chart.closest(".charts").children.length === 1;
  return { width: alone ? 690 : 340, height: height ?? (alone ? 320 : 240) };
}

/** Paper has no chips to say which line is whose: every name stands below the chart, once. */
function legend(traces, alone) {
  const named = new Set();
  for (const trace of traces) {
    trace.showlegend = Boolean(trace.name) && !named.has(trace.name);
    named.add(trace.name);
  }
  const room = 19 * Math.ceil((named.size + 1) / (alone ? 4 : 2));
  return { showlegend: true, height: (alone ? 320 : 240) + room, margin: { l: 52, r: 14, t: 10, b: 44 + room },
    legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", font: { size: 9 } } };
}

function draw(chart) {
  const { kind, suite, problem } = chart.dataset;
  const { traces, layout: look } = CHARTS[kind](Number(suite), Number(problem), states[Number(suite)]);
  if (printing) Object.assign(look, onPaper(chart, look.height),
    kind === "times" ? {} : legend(traces, chart.closest(".charts").children.length === 1));
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
  for (const chart of charts) {
    Plotly.purge(chart); // or it would keep the size that it has on paper
    delete chart.dataset.drawn;
  }
  onScreen.forEach(draw);
});
