import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/data-fixture.ts';
import { SAMPLES } from '../support/run-command.ts';
import { chooseSamples, completed, NARROW, servePage, submitButton, WIDE } from './served-page.ts';

const served = servePage();

/** Width of form.png in pixels. */
const FORM_WIDTH = 1180;

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

it.each([
  ['wide', WIDE],
  ['narrow', NARROW],
])('recognizes two regions drawn with the mouse on a %s page', async (_, viewport) => {
  const { page, complaints } = await served.open(viewport);

  await chooseSamples(page, 'form.png');
  await draw(page, [64, 170, 556, 232]);
  await draw(page, [624, 170, 1116, 232]);
  await submitButton(page).click();
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
  const { page } = await served.open();

  await chooseSamples(page, 'form.png');
  await page.getByLabel('Region', { exact: true }).fill('64,310,556,372');
  await page.keyboard.press('Enter');
  await submitButton(page).focus();
  await page.keyboard.press('Enter');
  await completed(page);

  await page.locator('.document pre', { hasText: '7 Orchard Hill' }).waitFor();
});

it('recognizes an image that is dropped on the page, and shows text and PDF', async () => {
  const { page, complaints } = await served.open();
  const image = await readFile(join(SAMPLES, 'letter.png'));
  const transfer = await page.evaluateHandle((data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const items = new DataTransfer();
    items.items.add(new File([bytes], 'letter.png', { type: 'image/png' }));
    return items;
  }, image.toString('base64'));

  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.locator('#result-type').selectOption('TextAndPdf');
  await submitButton(page).click();
  await completed(page);

  await page.locator('.document pre', { hasText: 'Dear Ms Okafor' }).waitFor();
  const pdf = page.locator('iframe[title="Document 1"]');
  await pdf.waitFor();
  expect(await pdf.getAttribute('src')).toMatch(/\/documents\/1#/);
  expect(complaints).toEqual([]);
});

it('recognizes an image that the browser cannot show, and offers no regions', async () => {
  const { page } = await served.open();
  const buffer = await sharp(join(SAMPLES, 'letter.png')).tiff().toBuffer();

  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'letter.tiff', mimeType: 'image/tiff', buffer });
  await page.locator('#picture').waitFor({ state: 'hidden' });
  await submitButton(page).click();
  await completed(page);

  await page.locator('.document pre', { hasText: 'Dear Ms Okafor' }).waitFor();
});

it('removes the message about a request when the request changes', async () => {
  const { page } = await served.open();
  await chooseSamples(page, 'letter.png');
  await page.getByLabel('Operation').selectOption('RecognizeRegions');
  await submitButton(page).click();
  const message = page.getByRole('alert').getByText('regions: got nothing');
  await message.waitFor();

  await page.getByLabel('Operation').selectOption('RecognizeImage');

  await message.waitFor({ state: 'detached' });
});

it('reports why a file cannot be recognized', async () => {
  const { page } = await served.open();

  await chooseSamples(page, 'letter.txt');
  await page.getByLabel('Operation').selectOption('RecognizeImage');
  await submitButton(page).click();

  await page.getByRole('alert').getByText('image: got text; allowed: an image').waitFor();
});

it('recognizes a PDF document with a setting, and shows its name', async () => {
  const { page } = await served.open(NARROW);

  await chooseSamples(page, 'letter-and-form.pdf');
  expect(await page.getByLabel('Operation').inputValue()).toBe('RecognizePdf');
  expect(await page.locator('#picture').isVisible()).toBe(false);
  await page.getByText('Settings').click();
  await page.getByLabel('makeContrastCorrection').check();
  const sent = page.waitForRequest(/local\/recognize/);
  await submitButton(page).click();
  await completed(page);

  const query = new URL((await sent).url()).searchParams;
  expect(query.getAll('setting')).toEqual(['makeContrastCorrection=true']);
  expect(await page.locator('#task-heading').textContent()).toBe('letter-and-form.pdf');
  expect(await page.locator('#facts').textContent()).toContain('Fileletter-and-form.pdf');
  expect(await page.locator('#facts').textContent()).toContain('Uploads to Aspose1');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

it('offers no settings for an operation without settings, and recognizes with it', async () => {
  const { page, complaints } = await served.open();

  await chooseSamples(page, 'form.png');
  await page.getByLabel('Operation').selectOption('UpscaleImage');
  expect(await page.getByText('Settings').isVisible()).toBe(false);
  expect(await page.getByLabel('Language').isVisible()).toBe(false);
  await submitButton(page).click();
  await completed(page);

  await page.locator('.document img').waitFor();
  expect(complaints).toEqual([]);
});

it('shows why Aspose refused an image', async () => {
  served.aspose.scriptUploads([{ httpStatus: 400, body: '{"error":"no whales"}' }, { accept: {} }]);
  const { page } = await served.open();

  await chooseSamples(page, 'letter.png');
  await submitButton(page).click();

  await page.getByRole('alert').getByText('Refused (RefusedByVendor)').waitFor();
  await page
    .locator('#refusals li', { hasText: 'letter.png, RecognizeImage Refused, RefusedByVendor' })
    .waitFor();
});

it('shows that an upload is repeated, and why', async () => {
  served.aspose.scriptUploads([{ httpStatus: 503 }, { httpStatus: 503 }, { accept: {} }]);
  const { page } = await served.open();

  await chooseSamples(page, 'letter.png');
  await submitButton(page).click();

  await page
    .getByRole('status')
    .getByText(/not submitted \(NotAccepted\): .*503.*; next try in/)
    .waitFor();
  await completed(page);
});

it('recognizes several files, each with an operation for its kind, and reports the one that is refused', async () => {
  const { page } = await served.open(NARROW);

  await chooseSamples(page, 'letter.png', 'letter-and-form.pdf', 'letter.txt');
  await page.getByText('letter-and-form.pdf is recognized with RecognizePdf.').waitFor();
  await page.getByText('letter.txt is recognized with ConvertTextToSpeech.').waitFor();
  expect(await page.getByLabel('As one batch').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Recognize 3 files' }).click();

  const rows = page.locator('#uploads li');
  await rows.nth(0).getByText('Completed').waitFor();
  await rows.nth(1).getByText('Completed').waitFor();
  await rows.nth(2).getByText('Refused (RefusedByVendor)').waitFor();
  await page.getByRole('alert').getByText('1 of 3 files was not accepted.').waitFor();
  await rows.nth(1).getByRole('link', { name: 'letter-and-form.pdf' }).click();
  await completed(page);
  expect(await page.locator('#facts').textContent()).toContain('RecognizePdf');
});

it('shows how much of a file was sent', async () => {
  const { page } = await served.open();
  const session = await page.context().newCDPSession(page);
  const throttled = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 40_000 };
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', throttled);

  await chooseSamples(page, 'letter.png');
  await submitButton(page).click();

  await page.getByText(/Uploading, [1-9]\d? %/).waitFor();
  expect(await page.getByRole('progressbar', { name: 'Upload of letter.png' }).count()).toBe(1);
  // Otherwise its upload to Aspose would take the response that another test scripts.
  await completed(page);
});

it('says that a file was removed after it was chosen, and not that the server has stopped', async () => {
  const { page } = await served.open();
  const file = join(await temporaryDirectory(), 'removed.png');
  await copyFile(join(SAMPLES, 'letter.png'), file);
  await page.locator('input[type=file]').setInputFiles(file);
  await rm(file);

  await submitButton(page).click();

  await page
    .getByRole('alert')
    .getByText('file: got a folder, or a file that was changed or removed')
    .waitFor();
});
