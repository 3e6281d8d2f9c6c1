// Makes a short load, and reads what it leaves with HdrHistogram's own reader for JavaScript: both
// must say the same. Usage: node read.mjs WEIR
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const skipped = 77;
const weir = process.argv[2];
const hdr = await import("hdr-histogram-js").catch(() => {
  console.log("skipped: hdr-histogram-js is missing; npm install in tests/hdr_log");
  process.exit(skipped);
});

/** The port that the server says it listens on. */
function portOf(server) {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (bytes) => {
      said += bytes;
      const port = /on 127\.0\.0\.1:(\d+)/.exec(said);
      if (port) resolve(port[1]);
    });
    server.on("exit", () => reject(new Error(`the server has ended: ${said}`)));
  });
}

/** All intervals of the log that have the tag, as one histogram. */
function merged(text, tag) {
  const reader = new hdr.HistogramLogReader(text);
  const all = hdr.build({ numberOfSignificantValueDigits: 2, highestTrackableValue: 2 ** 40 });
  let intervals = 0;
  for (let each; (each = reader.nextIntervalHistogram()) !== null; ) {
    if (each.tag !== tag) continue;
    ++intervals;
    all.add(each);
  }
  assert.ok(intervals > 0, `no interval of ${tag}`);
  return all;
}

function compare(histogram, latency) {
  assert.equal(histogram.totalCount, latency.count);
  for (const [percentile, member] of [[50, "p50_ns"], [90, "p90_ns"], [99, "p99_ns"]]) {
    const found = histogram.getValueAtPercentile(percentile);
    assert.ok(Math.abs(found - latency[member]) <= latency[member] / 64,
      `${member}: ${found} is not ${latency[member]}`);
  }
  assert.ok(Math.abs(histogram.maxValue - latency.max_ns) <= latency.max_ns / 64);
}

const directory = mkdtempSync(join(tmpdir(), "weir_hdr_log_"));
const server = spawn(weir, ["serve", "framed", "-l", "127.0.0.1:0"]);
try {
  const file = (name) => join(directory, name);
  const port = await portOf(server);
  const load = spawnSync(weir, ["load", "127.0.0.1", port, "-q", "-r", "2000", "-d", "1500ms", "-c",
    "16", "--json", file("json"), "--hdr-log", file("hlog"), "--hgrm", file("hgrm")]);
  assert.ok(load.status === 0 || load.status === 5, String(load.stderr));
  const report = JSON.parse(readFileSync(file("json"), "utf8"));
  const log = readFileSync(file("hlog"), "utf8");
  const response = merged(log, "response");
  compare(response, report.latency.response);
  compare(merged(log, "service"), report.latency.service);

  // The percentiles, in ms, against those that the reader writes of the same values.
  const rows = (text) => text.split("\n").filter((line) => /^\s*\d/.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number));
  const ours = rows(readFileSync(file("hgrm"), "utf8"));
  const theirs = rows(response.outputPercentileDistribution(5, 1e6));
  assert.equal(ours.at(-1)[1], 1);
  assert.equal(ours.at(-1)[2], report.latency.response.count);
  const theirCount = new Map(theirs.map(([, percentile, count]) => [percentile, count]));
  const common = ours.filter(([, percentile]) => theirCount.has(percentile));
  assert.ok(common.length >= 20, "the steps are not those of HdrHistogram");
  for (const [, percentile, count] of common) assert.equal(count, theirCount.get(percentile));
} finally {
  server.kill();
  rmSync(directory, { recursive: true });
}
