// Opens weir's report in headless Chromium, in light and dark: nothing on its console, nothing asked of
// a network, nothing that axe-core has against it, every figure of the JSON in a table, the same
// without JavaScript, and small.
//   node open.mjs WEIR PAGE_SAMPLES [RESULTS.json]
// PAGE_SHOTS=DIRECTORY keeps pictures of the pages; CHROMIUM is which browser. Exit code 77: skipped.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { missingFigures } from './figures.mjs';

const skipped = 77;
const bytesMax = 300 * 1024;

async function tools() {
  const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(browser)) throw new Error(`there is no ${browser} (apt-get install chromium)`);
  const { chromium } = await import('playwright-core');
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return { browser, chromium, axe };
}

function report(weir, json) {
  const page = json.replace(/\.json$/, '.html');
  execFileSync(weir, ['report', json, '-o', page], { stdio: ['ignore', 'ignore', 'inherit'] });
  return page;
}

/** Everything that is wrong with one page in one colour scheme. */
async function look(browser, axe, file, scheme) {
  const faults = [];
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`on the console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`a script failed: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) faults.push(`it asks for ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  if (process.env.PAGE_SHOTS) {
    const shot = `${basename(file, '.html')}-${scheme}.png`;
    await page.screenshot({ path: join(process.env.PAGE_SHOTS, shot), fullPage: true });
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
  // Of each table a dozen rows are enough to judge, and the judge takes its time.
  await page.evaluate(() => document.querySelectorAll('tbody tr:nth-child(n + 13)').forEach((row) => row.remove()));
  await page.evaluate(axe);
  // In the dark only the colours differ.
  const options = { resultTypes: ['violations'], ...(scheme === 'dark' && { runOnly: ['color-contrast'] }) };
  const { violations } = await page.evaluate((wanted) => window.axe.run(document, wanted), options);
  for (const { id, help, nodes } of violations) {
    faults.push(`${id}: ${help}, ${nodes.length} times, first ${nodes[0].html.slice(0, 160)}`);
  }
  await context.close();
  return faults;
}

/** Without JavaScript the same words are there, and no figure of the JSON is missing. */
async function read(browser, file, json) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  const faults = [];
  if ((await page.innerText('main')).length < 1000) faults.push('without JavaScript there is little to read');
  const rows = await page.$$eval('table tr', (all) =>
    all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  faults.push(...missingFigures(json, rows));
  await context.close();
  return faults;
}

function tooLarge(file, json) {
  const html = readFileSync(file, 'utf8');
  const data = /<script type="application\/json"[^>]*>.*?<\/script>/s;
  const runs = /<details><summary>(\d+ runs|All figures of its runs).*?<\/details>/gs;
  const size = Buffer.byteLength(html.replace(data, '').replace(runs, ''));
  return size > bytesMax ? [`${size} bytes besides the data`] : [];
}

async function main(weir, samples, given) {
  let found;
  try {
    found = await tools();
  } catch (error) {
    console.log(`skipped: ${error.message.split('\n')[0]} (npm ci in tests/page)`);
    return skipped;
  }
  const place = mkdtempSync(join(tmpdir(), 'weir-page-'));
  const browser = await found.chromium.launch({ executablePath: found.browser, args: ['--no-sandbox'] });
  let bad = 0;
  try {
    let all = [join(place, 'results.json'), join(place, 'scenarios.json')];
    if (given.length) all = given;
    else execFileSync(samples, all);
    for (const json of all) {
      const file = report(weir, json);
      const data = JSON.parse(readFileSync(json, 'utf8'));
      const looks = ['light', 'dark'].map(async (scheme) =>
        (await look(browser, found.axe, file, scheme)).map((fault) => `${scheme}: ${fault}`));
      const faults = [tooLarge(file, data), await Promise.all([read(browser, file, data), ...looks])].flat(2);
      for (const fault of faults.slice(0, 40)) console.error(`${basename(file)}: ${fault}`);
      bad += faults.length;
    }
  } finally {
    await browser.close();
    rmSync(place, { recursive: true, force: true });
  }
  console.log(bad ? `${bad} faults` : 'the pages are as they should be');
  return bad ? 1 : 0;
}

const [weir, samples, ...given] = process.argv.slice(2);
process.exit(await main(weir, samples, given));
