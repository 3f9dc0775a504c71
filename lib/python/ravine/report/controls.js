"use strict";
// What the reader chose, per suite, and the controls that change it.

const states = model.map((suite) => ({
  metric: "", x: suite.axes[0]?.name,
  show: "band", rates: "chosen", logx: false, logy: true, hidden: new Set(),
}));

const OWN = { name: "", label: "reported per problem" };

function fill(select, items, chosen) {
  select.replaceChildren(...items.map(({ name, label }) => new Option(label, name, false, name === chosen)));
}

function setUpControls(root) {
  const suite = Number(root.dataset.suite), state = states[suite];
  fill(root.querySelector("[data-control=metric]"), [OWN, ...model[suite].metrics], state.metric);
  fill(root.querySelector("[data-control=x]"), model[suite].axes, state.x);
  for (const input of root.querySelectorAll("[data-control]")) {
    input.addEventListener("change", () => {
      state[input.dataset.control] = input.type === "checkbox" ? input.checked : input.value;
      redraw(suite, ["curves"]);
    });
  }
}

const chips = []; // of all groups: {suite, show}

function updateChips(suite) {
  for (const chip of chips) if (chip.suite === suite) chip.show();
  redraw(suite, Object.keys(CHARTS));
}

/** One chip per optimizer hides and shows it in every chart of the suite; double click: only it. */
function setUpChips(root) {
  const suite = Number(root.dataset.suite), { hidden } = states[suite];
  const series = new Map(model[suite].problems.flatMap((p) => p.series.map((one) => [one.label, one])));
  const shown = root.hasAttribute("data-compared") ? model[suite].profile.labels : [...series.keys()];
  for (const one of [...series.values()].filter(({ label }) => shown.includes(label))) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "click: hide or show; double click: only this one";
    button.append(document.createElement("i"), one.label);
    const show = () => {
      button.setAttribute("aria-pressed", String(!hidden.has(one.label)));
      button.style.setProperty("--colour", colourOf(one));
    };
    button.addEventListener("click", () => {
      hidden.has(one.label) ? hidden.delete(one.label) : hidden.add(one.label);
      updateChips(suite);
    });
    button.addEventListener("dblclick", () => {
      const alone = [...series.keys()].every((label) => label === one.label || hidden.has(label));
      for (const label of series.keys()) alone || label === one.label ? hidden.delete(label) : hidden.add(label);
      updateChips(suite);
    });
    show();
    chips.push({ suite, show });
    root.append(button);
  }
}

/** A click on a head sorts by its column, a second click the other way; equal rows keep their order. */
function setUpTable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => head.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: sortKey(row.cells[at]) }));
    rows.sort((a, b) => (up ? 1 : -1) * compareKeys(a.key, b.key));
    table.tBodies[0].append(...rows.map(({ row }) => row));
  }));
}

const sortKey = (cell) => (cell.dataset.value === undefined ? cell.textContent
  : Number(cell.dataset.value.replace("inf", "Infinity")));

function compareKeys(a, b) {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b), "en", { numeric: true });
  return a === b ? 0 : a - b;
}
