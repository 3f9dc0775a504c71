"use strict";
// Each kind of chart: (suite, problem, state) -> {traces, layout}.

const MANY = 40; // configurations; beyond, bands are left out
const COUNTS = [1, 2, 5, 10, 20, 50, 100];

function shownSeries(suite, problem, state) {
  return model[suite].problems[problem].series.filter((one) => !state.hidden.has(one.label));
}

function curvesChart(suite, problem, state) {
  const wanted = state.metric || model[suite].problems[problem].metric;
  const metric = model[suite].metrics.find((one) => one.name === wanted) ?? model[suite].metrics[0];
  const label = model[suite].problems[problem].metric_labels[metric.name];
  const axis = model[suite].axes.find((one) => one.name === state.x);
  const series = shownSeries(suite, problem, state);
  const configurations = series.flatMap((one) => one.configurations
    .filter((c) => state.rates === "all" || c.rate === one.rate).map((c) => ({ one, ...c })));
  const drawn = { bands: [], lines: [], heights: [] };
  for (const configuration of configurations) {
    const curves = configuration.trials.map((t) => curveOf(suite, t, state.x, metric.name));
    if (!curves.some((curve) => curve.y.length)) continue;
    if (state.show === "seeds") addSeeds(drawn, configuration, curves, metric, state);
    else addBand(drawn, configuration, curves, metric, state, configurations.length <= MANY);
  }
  const start = Math.max(...configurations.slice(0, 1).map((c) =>
    height(curveOf(suite, c.trials[0], state.x, metric.name).y[0], metric.accuracy, state.logy) ?? -Infinity));
  // What rises above the starting point only says "too large".
  const cap = !metric.accuracy && Number.isFinite(start) ? start : Infinity;
  const xaxis = { title: { text: axis.label, standoff: 8 }, type: state.logx ? "log" : "linear" };
  const heights = drawn.heights.map((h) => (h === null ? h : Math.min(h, cap)));
  const look = layout(xaxis, yAxis(label, metric.accuracy, state.logy, heights));
  if (!drawn.lines.length) look.annotations = [notMeasured(label)];
  return { traces: [...drawn.bands, ...drawn.lines], layout: look };
}

/** Words in place of lines, where another problem has what the reader chose and this one has not. */
const notMeasured = (label) => ({ text: `${label}: not measured here`, showarrow: false,
  xref: "paper", yref: "paper", x: 0.5, y: 0.5 });

/** Opacity tells the chosen rate from the others. */
const weight = ({ one, rate }) => (rate === one.rate ? 1 : 0.35);
const place = (x, state) => (state.logx && x <= 0 ? null : x);

function addBand(drawn, configuration, curves, metric, state, withBand) {
  const { one, rate } = configuration, colour = colourOf(one);
  const band = bandOf(curves, metric.accuracy ? -Infinity : Infinity);
  const y = (value) => height(value, metric.accuracy, state.logy);
  const median = band.median.map(y), x = band.x.map((value) => place(value, state));
  drawn.heights.push(...median);
  if (withBand && curves.length > 1) {
    const kept = x.map((_, i) => i).filter((i) => x[i] !== null && median[i] !== null);
    const edge = (side) => kept.map((i) => y(side[i]) ?? median[i]);
    drawn.bands.push({ x: [...kept.map((i) => x[i]), ...kept.map((i) => x[i]).reverse()],
      y: [...edge(band.low), ...edge(band.high).reverse()], fill: "toself", mode: "lines",
      line: { width: 0 }, fillcolor: faint(colour, 0.16 * weight(configuration)), hoverinfo: "skip" });
  }
  const text = band.median.map((value, i) => `<b>${one.label}</b>, lr ${rate}<br>` +
    `${say(value, metric.accuracy)} [${say(band.low[i], metric.accuracy)}, ${say(band.high[i], metric.accuracy)}]` +
    `<br>${curves.length} seed${curves.length > 1 ? "s" : ""}, x = ${+band.x[i].toPrecision(4)}`);
  drawn.lines.push({ x, y: median, mode: "lines", name: one.label, opacity: weight(configuration),
    line: { color: colour, width: rate === one.rate ? 2 : 1.2 }, text, hoverinfo: "text" });
}

/** All seeds of a configuration in one trace, joined by gaps. */
function addSeeds(drawn, configuration, curves, metric, state) {
  const { one, rate } = configuration, x = [], y = [], text = [];
  for (const curve of curves) {
    curve.x.forEach((value, i) => {
      x.push(place(value, state));
      y.push(height(curve.y[i], metric.accuracy, state.logy));
      text.push(`<b>${one.label}</b>, lr ${rate}, seed ${curve.seed}<br>` +
        `${say(curve.y[i], metric.accuracy)}, x = ${+value.toPrecision(4)}`);
    });
    x.push(null);
    y.push(null);
    text.push("");
  }
  for (const value of y) drawn.heights.push(value);
  drawn.lines.push({ x, y, text, mode: "lines", name: one.label, connectgaps: false,
    opacity: 0.8 * weight(configuration), line: { color: colourOf(one), width: 1 }, hoverinfo: "text" });
}

function ratesChart(suite, problem, state) {
  const { criterion, criterion_label: label } = model[suite].problems[problem];
  const accuracy = criterion.endsWith("accuracy"), traces = [], heights = [];
  const y = (value) => (value === null ? null : height(value, accuracy, true));
  for (const one of shownSeries(suite, problem, state)) {
    const { learning_rate: x, low, median, high, diverged, seeds } = one.rates;
    const line = median.map(y), colour = colourOf(one);
    heights.push(...line);
    const text = x.map((rate, i) => `<b>${one.label}</b>, lr ${rate}<br>${median[i] === null
      ? "diverged" : say(median[i], accuracy)}<br>${diverged[i]} of ${seeds[i]} ${one.searched ? "settings" : "seeds"} diverged`);
    const kept = x.map((_, i) => i).filter((i) => line[i] !== null);
    const edge = (side) => kept.map((i) => y(side[i]) ?? line[i]);
    if (!one.searched) traces.unshift({ x: [...kept.map((i) => x[i]), ...kept.map((i) => x[i]).reverse()],
      y: [...edge(low), ...edge(high).reverse()], fill: "toself", mode: "lines", hoverinfo: "skip",
      line: { width: 0 }, fillcolor: faint(colour, 0.13) });
    traces.push({ x, y: line, text, hoverinfo: "text", mode: one.searched ? "markers" : "lines+markers", name: one.label,
      line: { color: colour, width: 1.6 }, marker: { color: colour, opacity: 1,
        size: x.map((rate) => (rate === one.rate ? 11 : 4.5)),
        symbol: x.map((rate) => (rate === one.rate ? "circle-open" : "circle")),
        line: { width: x.map((rate) => (rate === one.rate ? 2 : 0)) } } });
  }
  return { traces, layout: layout({ type: "log", title: { text: "learning rate", standoff: 8 }, dtick: 1,
    exponentformat: "power" }, yAxis(`final ${label}`, accuracy, true, heights)) };
}

function timesChart(suite, problem, state) {
  const series = shownSeries(suite, problem, state).slice().reverse();
  const traces = [{ type: "bar", orientation: "h", y: series.map((one) => one.label),
    x: series.map((one) => one.steps ?? 0), marker: { color: series.map(colourOf) },
    text: series.map((one) => (one.steps === null ? `\u2002miss (${one.reached})` : `\u2002${one.steps} (${one.reached})`)),
    textposition: "outside", cliponaxis: false, hoverinfo: "y+text", width: 0.62 }];
  const most = Math.max(1, ...series.map((one) => one.steps ?? 0));
  return { traces, layout: layout({ title: { text: narrow() ? "median steps (seeds that did)"
    : "median steps (seeds that reached the target)", standoff: 8 },
    range: [0, (narrow() ? 1.7 : 1.28) * most], rangemode: "tozero", nticks: narrow() ? 4 : 8 },
  { automargin: true, showline: false, ticks: "" }, { height: 90 + 24 * series.length, margin: { l: 20, r: 14, t: 6, b: 44 } }) };
}

function profileChart(suite, problem, state) {
  const { labels, tau, rho } = model[suite].profile;
  const traces = labels.map((label, j) => {
    const one = { colours: model[suite].profile.colours[j] };
    return { x: tau, y: rho[j], name: label, mode: "lines", line: { shape: "hv", color: colourOf(one),
      width: 2 }, hovertemplate: `<b>${label}</b><br>%{y:.0%} within %{x:.2f}<extra></extra>` };
  }).filter((trace) => !state.hidden.has(trace.name));
  return { traces, layout: layout({ title: { text: "τ: time over that of the fastest optimizer", standoff: 8 },
    range: [1, 4] }, { title: { text: "share of problems" }, range: [-0.02, 1.03], tickformat: ".0%" }) };
}

function budgetChart(suite, problem, state) {
  const { criterion, criterion_label: label } = model[suite].problems[problem];
  const accuracy = criterion.endsWith("accuracy"), heights = [];
  // Of a tuned run only what was searched: nobody draws from the untuned rule.
  const tuned = model[suite].problems[problem].series.some((one) => one.searched);
  const drawn = shownSeries(suite, problem, state).filter((one) => one.searched || !tuned);
  const traces = drawn.map((one) => {
    const k = one.best_of_k.map((_, i) => i + 1);
    const y = one.best_of_k.map((value) => (value === null ? null : height(value, accuracy, true)));
    heights.push(...y);
    return { x: k, y, mode: "lines", name: one.label, line: { color: colourOf(one), width: 2 }, hoverinfo: "text",
      text: one.best_of_k.map((value, i) => `<b>${one.label}</b>, best of ${k[i]}<br>${value === null ? "diverged" : say(value, accuracy)}`) };
  });
  return { traces, layout: layout({ title: { text: "k: trials spent on tuning", standoff: 8 }, type: "log",
    tickvals: COUNTS, ticktext: COUNTS.map(String) },
    yAxis(`expected best ${label}`, accuracy, true, heights)) };
}

const CHARTS = { curves: curvesChart, rates: ratesChart, times: timesChart, profile: profileChart, budget: budgetChart };
