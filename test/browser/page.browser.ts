import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { base64 } from '../support/responses.ts';
import { asposeEnvironment, SAMPLES } from '../support/run-command.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';
import { LAUNCH } from './launch.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 800 };
/** Width of form.png in pixels. */
const FORM_WIDTH = 1180;

let aspose: AsposeSimulator;
let serve: ServeProcess;
let browser: Browser;
beforeAll(async () => {
  aspose = await startAsposeSimulator();
  serve = await startServe(asposeEnvironment(aspose));
  browser = await chromium.launch(LAUNCH);
});
afterAll(async () => {
  await browser.close();
  await serve.interrupt();
  await aspose.close();
});

interface OpenPage {
  readonly page: Page;
  /** Errors, warnings and dialogs of the browser, including violations of the page's policy. */
  readonly complaints: readonly string[];
}

async function openPage(viewport = WIDE): Promise<OpenPage> {
  const page = await browser.newPage({ viewport });
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  await page.goto(serve.url);
  await page.getByText('Live').waitFor();
  return { page, complaints };
}

const completed = (page: Page) => page.locator('#task-status', { hasText: 'Completed' }).waitFor();
const submit = (page: Page) => page.getByRole('button', { name: 'Recognize', exact: true });
const choose = (page: Page, name: string) =>
  page.locator('input[type=file]').setInputFiles(join(SAMPLES, name));

/** Draws a region with the mouse. Edges are in pixels of the image. */
async function draw(page: Page, [x1, y1, x2, y2]: readonly [number, number, number, number]): Promise<void> {
  const image = page.locator('#preview');
  await image.evaluate((shown: HTMLImageElement) => shown.decode());
  await image.scrollIntoViewIfNeeded();
  const box = await image.boundingBox();
  if (box === null) throw new Error('The image is not shown.');
  const scale = box.width / FORM_WIDTH;
  await page.mouse.move(box.x + x1 * scale, box.y + y1 * scale);
  await page.mouse.down();
  await page.mouse.move(box.x + x2 * scale, box.y + y2 * scale, { steps: 4 });
  await page.mouse.up();
}

/** Starts the collection of a task with scripted results. */
async function collect(taskId: string, results: { type: string; data: string }[]): Promise<void> {
  aspose.script(taskId, [{ taskStatus: 'Completed', results }]);
  const headers = { 'content-type': 'application/json' };
  await fetch(`${serve.url}/tasks`, { method: 'POST', headers, body: JSON.stringify({ taskId }) });
}

it.each([
  ['wide', WIDE],
  ['narrow', NARROW],
])('recognizes two regions drawn with the mouse on a %s page', async (_, viewport) => {
  const { page, complaints } = await openPage(viewport);

  await choose(page, 'form.png');
  await draw(page, [64, 170, 556, 232]);
  await draw(page, [624, 170, 1116, 232]);
  await submit(page).click();
  await completed(page);

  const texts = page.locator('.document pre');
  await texts.getByText('48213').waitFor();
  expect(await texts.allTextContents()).toEqual(['Amara Whitfield', '48213']);
  expect(await page.locator('#facts').textContent()).toContain('RecognizeRegions');
  expect(await page.locator('#polls li').count()).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(complaints).toEqual([]);
});

it('recognizes a typed region with the keyboard alone', async () => {
  const { page } = await openPage();

  await choose(page, 'form.png');
  await page.getByLabel('Region', { exact: true }).fill('64,310,556,372');
  await page.keyboard.press('Enter');
  await submit(page).focus();
  await page.keyboard.press('Enter');
  await completed(page);

  await page.locator('.document pre', { hasText: '7 Orchard Hill' }).waitFor();
});

it('recognizes an image that is dropped on the page, and shows text and PDF', async () => {
  const { page, complaints } = await openPage();
  const image = await readFile(join(SAMPLES, 'letter.png'));
  const transfer = await page.evaluateHandle((data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const items = new DataTransfer();
    items.items.add(new File([bytes], 'letter.png', { type: 'image/png' }));
    return items;
  }, image.toString('base64'));

  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.getByLabel('Result').selectOption('TextAndPdf');
  await submit(page).click();
  await completed(page);

  await page.locator('.document pre', { hasText: 'Dear Ms Okafor' }).waitFor();
  const pdf = page.locator('iframe[title="Document 1"]');
  await pdf.waitFor();
  expect(await pdf.getAttribute('src')).toMatch(/\/documents\/1#/);
  expect(complaints).toEqual([]);
});

it('shows the progress of a task that another client started', async () => {
  const { page } = await openPage();

  await collect('elsewhere', [{ type: 'Text', data: base64('whale') }]);

  const row = page.getByRole('button', { name: 'elsewhere' });
  await row.getByText('Completed').waitFor();
  await row.click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('task-heading');
});

it('shows a script in a document as text, without running it', async () => {
  const { page, complaints } = await openPage();
  const foreign = '<script>alert(1)</script><img src=x onerror="alert(2)">';

  await collect('foreign', [
    { type: 'Text', data: base64(foreign) },
    { type: 'Hocr', data: base64(foreign) },
  ]);
  await page.getByRole('button', { name: 'foreign' }).click();

  const texts = page.locator('.document pre');
  await texts.nth(1).getByText('alert(1)').waitFor();
  await texts.nth(0).getByText('alert(1)').waitFor();
  expect(await texts.allTextContents()).toEqual([foreign, foreign]);
  await page.goto(`${serve.url}/local/tasks/foreign/documents/1`);
  expect(complaints.filter((complaint) => complaint.startsWith('dialog'))).toEqual([]);
});

it('recognizes an image that the browser cannot show, and offers no regions', async () => {
  const { page } = await openPage();
  const buffer = await sharp(join(SAMPLES, 'letter.png')).tiff().toBuffer();

  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'letter.tiff', mimeType: 'image/tiff', buffer });
  await page.locator('#picture').waitFor({ state: 'hidden' });
  await submit(page).click();
  await completed(page);

  await page.locator('.document pre', { hasText: 'Dear Ms Okafor' }).waitFor();
});

it('reconnects to a restarted server that does not know the selected task', async () => {
  const port = new URL(serve.url).port;
  const { page } = await openPage();
  await collect('forgotten', [{ type: 'Text', data: base64('whale') }]);
  await page.getByRole('button', { name: 'forgotten' }).click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  await choose(page, 'letter.png');

  await serve.interrupt();
  await submit(page).click();
  await page.getByRole('alert').getByText('The server has stopped.').waitFor();
  serve = await startServe(asposeEnvironment(aspose), ['--port', port]);

  await page.getByText('Choose a task').waitFor();
  await page.getByText('Live').waitFor();
  expect(await page.getByRole('alert').textContent()).toBe('');
});

it('loads a document again that failed while the server was stopped', async () => {
  const { page } = await openPage();
  await collect('interrupted', [{ type: 'Text', data: base64('whale') }]);
  await page.getByRole('button', { name: 'interrupted' }).getByText('Completed').waitFor();
  await page.route('**/documents/0', (route) => route.abort('connectionrefused'), { times: 1 });

  await page.getByRole('button', { name: 'interrupted' }).click();
  await page.locator('.document pre', { hasText: 'The server has stopped.' }).waitFor();
  await collect('another', [{ type: 'Text', data: base64('whale') }]);

  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
});

it('removes the message about a request when the request changes', async () => {
  const { page } = await openPage();
  await choose(page, 'letter.png');
  await page.getByLabel('Operation').selectOption('RecognizeRegions');
  await submit(page).click();
  const message = page.getByRole('alert').getByText('regions: got nothing');
  await message.waitFor();

  await page.getByLabel('Operation').selectOption('RecognizeImage');

  await message.waitFor({ state: 'detached' });
});

it('shows 100 of more tasks, and the others on request', async () => {
  const { page, complaints } = await openPage(NARROW);
  const tasks = Array.from({ length: 155 }, (_, index) => summary(`listed-${index}`));
  await page.route('**/tasks?*', (route, request) => {
    const from = Number(new URL(request.url()).searchParams.get('cursor') ?? 0);
    const end = Math.min(from + 70, tasks.length);
    const cursor = end < tasks.length ? { cursor: String(end) } : {};
    return route.fulfill({ json: { tasks: tasks.slice(from, end), ...cursor } });
  });
  await page.reload();

  await page.getByText('100 of 155').waitFor();
  expect(await page.locator('#tasks li').count()).toBe(100);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('button', { name: 'listed-154' }).waitFor();

  await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'hidden' });
  expect(await page.locator('#tasks li').count()).toBe(155);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('listed-100');
  expect(complaints).toEqual([]);
});

const summary = (taskId: string) => ({
  taskId,
  operation: 'RecognizeImage',
  generation: 1,
  status: 'Completed',
  attempts: 2,
  resultCount: 1,
  startedAt: '2026-03-01T12:00:00.000Z',
  expiresAt: 1_772_452_800,
});

it('reports why a file cannot be recognized', async () => {
  const { page } = await openPage();

  await choose(page, 'letter.txt');
  await page.getByLabel('Operation').selectOption('RecognizeImage');
  await submit(page).click();

  await page.getByRole('alert').getByText('image: got text; allowed: an image').waitFor();
});

it('recognizes a PDF document with a setting, and shows its name', async () => {
  const { page } = await openPage(NARROW);

  await choose(page, 'letter-and-form.pdf');
  expect(await page.getByLabel('Operation').inputValue()).toBe('RecognizePdf');
  expect(await page.locator('#picture').isVisible()).toBe(false);
  await page.getByText('Settings').click();
  await page.getByLabel('makeContrastCorrection').check();
  const sent = page.waitForRequest(/local\/recognize/);
  await submit(page).click();
  await completed(page);

  const query = new URL((await sent).url()).searchParams;
  expect(query.getAll('setting')).toEqual(['makeContrastCorrection=true']);
  await page.locator('#tasks button', { hasText: 'letter-and-form.pdf' }).waitFor();
  expect(await page.locator('#facts').textContent()).toContain('Fileletter-and-form.pdf');
  expect(await page.locator('#facts').textContent()).toContain('Uploads to Aspose1');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

it('offers no settings for an operation without settings, and recognizes with it', async () => {
  const { page, complaints } = await openPage();

  await choose(page, 'form.png');
  await page.getByLabel('Operation').selectOption('UpscaleImage');
  expect(await page.getByText('Settings').isVisible()).toBe(false);
  expect(await page.getByLabel('Language').isVisible()).toBe(false);
  await submit(page).click();
  await completed(page);

  await page.locator('.document img').waitFor();
  expect(complaints).toEqual([]);
});

it('shows why Aspose refused an image', async () => {
  aspose.scriptUploads([{ httpStatus: 400, body: '{"error":"no whales"}' }, { accept: {} }]);
  const { page } = await openPage();

  await choose(page, 'letter.png');
  await submit(page).click();

  await page.getByRole('alert').getByText('Refused (RefusedByVendor)').waitFor();
  await page.locator('#refusals li', { hasText: 'letter.png, RecognizeImage: RefusedByVendor' }).waitFor();
});

it('shows that an upload is repeated, and why', async () => {
  aspose.scriptUploads([{ httpStatus: 503 }, { httpStatus: 503 }, { accept: {} }]);
  const { page } = await openPage();

  await choose(page, 'letter.png');
  await submit(page).click();

  await page
    .getByRole('status')
    .getByText(/not submitted \(NotAccepted\): .*503.*; next try in/)
    .waitFor();
  await completed(page);
});

it('leads from a lost task to the one that replaced it', async () => {
  const { page } = await openPage();
  const lost = { ...summary('lost'), status: 'NotFound', replacedBy: 'replacement' };
  const record = {
    ...lost,
    faults: 0,
    faultsInARow: {},
    executionArn: 'arn',
    leaseExpiresAt: lost.startedAt,
    results: [],
    resultCount: 0,
    resultBytes: 0,
    partial: false,
    empty: false,
    messages: [],
    warnings: [],
    version: 2,
  };
  await page.route('**/tasks?*', (route) => route.fulfill({ json: { tasks: [lost] } }));
  await page.route('**/tasks/lost', (route) => route.fulfill({ json: record }));
  await page.route('**/tasks/replacement', (route) =>
    route.fulfill({ json: { ...record, taskId: 'replacement', status: 'Completed', replacedBy: undefined } }),
  );
  await page.reload();

  await page.locator('#tasks button', { hasText: 'NotFound, replaced' }).click();
  await page.locator('#facts').getByRole('button', { name: 'replacement' }).click();

  await completed(page);
  expect(await page.locator('#task-id').textContent()).toBe('replacement');
});

it.each(['light', 'dark'] as const)(
  'passes the accessibility checks of axe in %s mode',
  async (colorScheme) => {
    const { page } = await openPage();
    await page.emulateMedia({ colorScheme });
    await collect('accessible', [{ type: 'Text', data: base64('whale') }]);
    await choose(page, 'form.png');
    await draw(page, [64, 170, 556, 232]);
    await page.getByText('Settings').click();
    await page.getByRole('button', { name: 'accessible' }).click();
    await page.locator('.document pre', { hasText: 'whale' }).waitFor();

    await page.evaluate(await readFile(AXE, 'utf8'));
    const violations = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]))',
    );

    expect(violations).toEqual([]);
  },
);
