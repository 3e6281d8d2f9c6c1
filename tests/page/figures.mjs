// Whether the figures of a JSON stand in the tables of a page.

const units = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, '%': 0.01,
  'M/s': 1e6, 'k/s': 1e3, '/s': 1, x: 1, '': 1 };

/** The numbers that a cell may mean: "≥ 1.02 ms" is 1,020,000 (ns). Microseconds may lack their unit. */
function numbersIn(text) {
  const numbers = [];
  for (const [, digits, unit] of text.matchAll(/(-?\d+(?:\.\d+)?) ?(ns|us|ms|KiB|MiB|GiB|M\/s|k\/s|\/s|[sBx%])?/g)) {
    const value = Number(digits);
    const half = 0.5 / 10 ** (digits.split('.')[1] ?? '').length; // as it may be rounded
    const scales = unit ? [units[unit]] : [1, 1e3];
    for (const scale of scales) numbers.push([value * scale, half * scale]);
  }
  return numbers;
}

function stands(value, cells) {
  return cells.some((cell) => numbersIn(cell).some(([number, half]) =>
    Math.abs(number - value) <= Math.max(half * 1.001, Math.abs(value) * 0.006)));
}

/** Every number of an object, with its path; what isn't known is text, and in no need of a place. */
function* numbersOf(object, path = '') {
  for (const [key, value] of Object.entries(object)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'number') yield [here, value];
    else if (value && typeof value === 'object') yield* numbersOf(value, here);
  }
}

/** These are shown in another way: a sum of two, or as part of what the table is about. */
const elsewhere = new Set(['connections', 'block', 'attempts', 'server.pid', 'window_ns']);

function missingIn(what, object, cells, faults) {
  for (const [path, value] of numbersOf(object)) {
    if (!elsewhere.has(path) && !stands(value, cells)) faults.push(`${what}: ${path} = ${value} is in no table`);
  }
}

function modelOf(run) {
  return run.contestant + (run.twin ? ' (A/A twin)' : '');
}

function missingOfComparison(comparison, rows, faults) {
  const cellsOf = (...leading) =>
    rows.filter((row) => leading.every((text, i) => row[i] === text)).flat();
  for (const run of comparison.cells) {
    const cells = cellsOf(String(run.block + 1), String(run.connections), modelOf(run));
    missingIn(`run ${run.block + 1}, ${run.connections}, ${modelOf(run)}`, run, cells, faults);
  }
  for (const row of comparison.rows) {
    const cells = cellsOf(String(row.connections), row.contestant);
    missingIn(`${row.contestant} at ${row.connections}`, row, cells, faults);
  }
}

export function missingFigures(json, rows) {
  const faults = [];
  if (!json.scenarios) missingOfComparison(json, rows, faults);
  for (const scenario of json.scenarios ?? []) {
    missingOfComparison(scenario.comparison, rows, faults);
    for (const finding of scenario.findings) {
      const cells = rows.filter((row) => row[0] === finding.contestant).flat();
      missingIn(`${scenario.name}, ${finding.contestant}`, finding, cells, faults);
    }
  }
  return faults;
}
