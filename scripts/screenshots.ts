import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { PICTURES } from '../bench/documents.ts';
import { LAUNCH } from '../test/browser/launch.ts';
import { commandEnvironment, SAMPLES } from '../test/support/run-command.ts';
import { startServe } from '../test/support/serve-process.ts';
import { PROJECT } from './documents/code-blocks.ts';

/** Takes the screenshots of the README: what `npm start` prints, and the page of `serve`. */

/** A page shows pictures up to twice as dense as its own pixels. */
const DEVICE_PIXELS = 1.5;
/** Holds the longest line that `npm start` prints. */
const TERMINAL_WIDTH = 690;
/** Just wide enough for both columns, because the README shows it small. */
const PAGE_SIZE = { width: 980, height: 780 };
/** The page is as white as the README around it. */
const BORDER = { top: 2, bottom: 2, left: 2, right: 2, background: '#d1d9e0' };
/** More than the first recognition needs on a slow machine. */
const RECOGNITION_TIMEOUT_MS = 120_000;

/** The frame of a terminal, which is dark on every page. */
const TERMINAL = `<style>
  body { margin: 0 }
  main { background: #161b22; border: 1px solid #3d444d; border-radius: 8px }
  header { color: #3d444d; font: 20px/1 system-ui; padding: 8px 14px 0; letter-spacing: 2px }
  pre { color: #e6edf3; font: 14px/1.4 ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
    margin: 0; padding: 10px 18px 16px; white-space: pre-wrap }
</style><main><header>●●●</header><pre></pre></main>`;

const run = promisify(execFile);
const progress = (line: string) => process.stderr.write(`${line}\n`);

const browser = await chromium.launch(LAUNCH);
try {
  await mkdir(PICTURES, { recursive: true });
  await terminalScreenshot(browser);
  await pageScreenshot(browser);
} finally {
  await browser.close();
}

/** Runs the command as a reader would, and shows its output in the frame of a terminal. */
async function terminalScreenshot(browser: Browser): Promise<void> {
  progress('screenshots: npm start');
  const { stdout } = await run('sh', ['-c', 'npm start 2>&1'], { cwd: PROJECT, env: commandEnvironment() });
  // npm repeats the command before its output.
  const output = stdout.replace(/^\s*> .*\n> .*\n/, '').trim();
  const page = await openPage(browser, { width: TERMINAL_WIDTH, height: 100 });
  await page.setContent(TERMINAL);
  await page.locator('pre').evaluate((pre, text) => {
    pre.textContent = text;
  }, `$ npm start\n${output}`);
  await save('npm-start', await page.locator('main').screenshot({ omitBackground: true }));
  await page.close();
}

/** Recognizes the sample on the page of `serve`. */
async function pageScreenshot(browser: Browser): Promise<void> {
  progress('screenshots: npm start -- serve');
  await using serve = await startServe();
  const page = await openPage(browser, PAGE_SIZE);
  await page.goto(serve.url);
  await page.locator('input[type=file]').setInputFiles(join(SAMPLES, 'letter.png'));
  await page.getByRole('button', { name: 'Recognize', exact: true }).click();
  await page.getByText('Dear Ms Okafor').first().waitFor({ timeout: RECOGNITION_TIMEOUT_MS });
  // The focus would be drawn around whatever the script used last.
  await page.mouse.move(0, 0);
  await page.evaluate('document.activeElement?.blur(); window.scrollTo(0, 0)');
  await save(
    'page',
    await sharp(await page.screenshot())
      .extend(BORDER)
      .png()
      .toBuffer(),
  );
  await page.close();
}

function openPage(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  return browser.newPage({
    viewport,
    deviceScaleFactor: DEVICE_PIXELS,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
}

/** A palette makes text a fifth of its size, and leaves it as sharp. */
async function save(name: string, png: Buffer): Promise<void> {
  const small = await sharp(png).png({ palette: true, colours: 64, dither: 0, effort: 10 }).toBuffer();
  await writeFile(join(PICTURES, `${name}.png`), small);
  progress(`screenshots: docs/pictures/${name}.png, ${Math.round(small.length / 1024)} kB`);
}
