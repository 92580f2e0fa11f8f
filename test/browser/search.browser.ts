import { expect, it } from 'vitest';
import { base64 } from '../support/responses.ts';
import { collect, expectAccessible, NARROW, recognizeSample, servePage, WIDE } from './served-page.ts';

const served = servePage();

it.each([
  ['wide', WIDE],
  ['narrow', NARROW],
])(
  'finds words while the user types, and highlights them in the picture on a %s page',
  async (_, viewport) => {
    await recognizeSample(served, 'letter.png', 'resultType=TextAndHocr');
    const { page, complaints } = await served.open(viewport);

    const hit = page.locator('#hits li', { hasText: 'letter.png' }).first();
    await expect
      .poll(
        async () => {
          await page.getByRole('searchbox').fill('');
          await page.getByRole('searchbox').pressSequentially('okaf');
          return await hit
            .locator('mark')
            .first()
            .textContent({ timeout: 2000 })
            .catch(() => null);
        },
        { timeout: 30_000 },
      )
      .toContain('Okafor');
    await hit.getByRole('link').click();

    const box = page.locator('#task-picture-frame rect').first();
    await box.waitFor();
    await page.getByText('Found: Okafor', { exact: true }).waitFor();
    const [picture, word] = await Promise.all([
      page.locator('#task-picture').boundingBox(),
      box.boundingBox(),
    ]);
    // The word is in the left half of the upper third of the sample.
    expect(word?.x).toBeLessThan((picture?.x ?? 0) + (picture?.width ?? 0) / 2);
    expect(word?.y).toBeLessThan((picture?.y ?? 0) + (picture?.height ?? 0) / 3);
    await expectAccessible(page);
    await page.reload();
    await box.waitFor();
    expect(complaints).toEqual([]);
  },
);

it('shows foreign text of a hit as text, and says when there is none', async () => {
  await collect(served, 'foreign', [{ type: 'Text', data: base64('narwhal <img src=x onerror=alert(1)>') }]);
  const { page, complaints } = await served.open(NARROW);
  await page.getByRole('link', { name: 'foreign' }).getByText('Completed').waitFor();

  await expect
    .poll(
      async () => {
        await page.getByRole('searchbox').fill('');
        await page.getByRole('searchbox').fill('narwhal');
        await page.waitForTimeout(500);
        return await page.locator('#hits').textContent();
      },
      { timeout: 30_000 },
    )
    .toContain('<img src=x onerror=alert(1)>');
  await expectAccessible(page);
  await page.getByRole('searchbox').fill('unicorn');
  await page.getByText('No recognized text has these words.').waitFor();
  await page.getByRole('searchbox').press('Escape');
  await page.locator('#search-section').waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
});

it('shows the document and the words of a task whose record has expired', async () => {
  const hit = {
    taskId: 'expired',
    index: 0,
    collectedAt: '2026-03-01T12:00:00.000Z',
    source: { bucket: 'scans', key: 'inbox/RecognizePdf/old.pdf' },
    snippet: 'a whale',
    snippetParts: [
      { text: 'a ', isMatch: false },
      { text: 'whale', isMatch: true },
    ],
    words: [{ text: 'whale', page: 2, x1: 0, y1: 0, x2: 10, y2: 10 }],
    pages: [],
  };
  const { page } = await served.open(NARROW);
  await page.route('**/local/search?*', (route) => route.fulfill({ json: { hits: [hit] } }));

  await page.getByRole('searchbox').fill('whale');
  await page.getByRole('link', { name: 'old.pdf' }).click();

  await page.getByText('Found: whale (page 2)').waitFor();
  await page.getByText('The record of this task has expired.').waitFor();
  const link = page.getByRole('link', { name: 'Open the document' });
  expect(await link.getAttribute('href')).toBe('/local/tasks/expired/documents/0');
  await expectAccessible(page);
});

const hitOf = (source: string) => ({
  taskId: source,
  index: 0,
  collectedAt: '2026-03-01T12:00:00.000Z',
  source: { bucket: 'scans', key: source },
  snippet: source,
  snippetParts: [{ text: source, isMatch: true }],
  words: [],
  pages: [],
});

it('shows only the response to the latest query', async () => {
  const { page } = await served.open();
  await page.route('**/local/search?*', async (route, request) => {
    const query = new URL(request.url()).searchParams.get('q') ?? '';
    if (query === 'slow*') await new Promise((resolve) => setTimeout(resolve, 1500));
    // The page has aborted the slow request by then.
    await route.fulfill({ json: { hits: [hitOf(`${query.replace('*', '')}-hit`)] } }).catch(() => {});
  });

  await page.getByRole('searchbox').fill('slow');
  await page.waitForRequest(/q=slow/);
  await page.getByRole('searchbox').fill('fast');
  await page.getByRole('link', { name: 'fast-hit' }).waitFor();
  await page.waitForTimeout(1600);

  expect(await page.locator('#hits a').allTextContents()).toEqual(['fast-hit']);
});

it('searches while many documents are being collected', async () => {
  const { page } = await served.open();
  // The browser reconnects ten times per second, and receives an event each time.
  const event = { kind: 'event', event: { 'detail-type': 'OCR Task Completed', detail: {} } };
  const body = `retry: 100\n\ndata: ${JSON.stringify(event)}\n\n`;
  await page.route('**/local/activity', (route) => route.fulfill({ contentType: 'text/event-stream', body }));
  await page.route('**/local/search?*', (route, request) => {
    const query = new URL(request.url()).searchParams.get('q') ?? '';
    return route.fulfill({ json: { hits: [hitOf(`${query.replace('*', '')}-hit`)] } });
  });
  await page.reload();

  await page.getByRole('searchbox').fill('whale');
  await page.getByRole('link', { name: 'whale-hit' }).focus();
  await page.waitForTimeout(1000);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('whale-hit');
  await page.getByRole('searchbox').fill('narwhal');

  await page.getByRole('link', { name: 'narwhal-hit' }).waitFor({ timeout: 5000 });
});
