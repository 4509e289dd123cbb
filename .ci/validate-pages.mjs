// Opens every web page under a folder in headless Chromium, narrow and wide, and asks axe-core for
// violations (WCAG 2.1 A and AA, and its best practices). Also: nothing may overflow the narrow page.
//
// node .ci/validate-pages.mjs FOLDER MODULES [PICTURES]; exits with 1 if there is any violation or no page.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const [folder, modules, pictures] = process.argv.slice(2);
const require = createRequire(resolve(modules) + "/");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const puppeteer = require("puppeteer-core");

const pages = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const chromium = spawnSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], { encoding: "utf8" }).stdout.trim();
if (!chromium) {
  console.error("The web pages are looked at in Chromium, and none is on the PATH. Install `chromium`, then try again.");
  process.exit(1);
}
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let faults = 0;
for (const path of pages) {
  for (const width of [320, 1280]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.goto("file://" + resolve(path));
    await page.evaluate(axe);
    const result = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    }));
    for (const violation of result.violations) {
      faults += 1;
      console.log(`${path} (${width}): ${violation.id}: ${violation.help}: ${violation.nodes[0].html.slice(0, 160)}`);
    }
    // WCAG 2.1, 1.4.10: at 320 pixels nothing asks for scrolling sideways, tables within their own frame aside.
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) {
      faults += 1;
      console.log(`${path} (${width}): ${wide} pixels wider than the window`);
    }
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${basename(path, ".html")}-${width}.png`), fullPage: true });
    }
    await page.close();
  }
}
await browser.close();
console.log(`${pages.length} web pages looked at in 2 widths: ${faults} violations`);
process.exit(faults || pages.length === 0 ? 1 : 0);
