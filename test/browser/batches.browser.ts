import { expect, it } from 'vitest';
import {
  chooseSamples,
  collectBatch,
  expectAccessible,
  NARROW,
  servePage,
  WHALE,
  WIDE,
} from './served-page.ts';

const served = servePage();
const COMPLETED = { taskStatus: 'Completed', results: [WHALE] };

it('shows the progress of a batch while it runs, and cancels it', async () => {
  const { page, complaints } = await served.open();
  await collectBatch(served, 'running', {
    'done-1': COMPLETED,
    'done-2': COMPLETED,
    'dark-1': { taskStatus: 'Error' },
    endless: { taskStatus: 'Processing' },
  });

  await page.locator('#batches a', { hasText: 'running' }).getByText('3 of 4 items').waitFor();
  await page.locator('#batches a', { hasText: 'running' }).click();
  await page.locator('#batch-progress', { hasText: '3 of 4 items: 2 Completed, 1 Failed' }).waitFor();
  await page.locator('#batch-failures li', { hasText: 'Failed, RecognitionError' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel the batch' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the batch' }).click();

  await page.getByText('The batch is being cancelled.').waitFor();
  await page.locator('#batch-status', { hasText: /^Cancelled/ }).waitFor();
  await page.locator('#batch-failures li', { hasText: 'endless' }).getByText('Cancelled').waitFor();
  expect(complaints).toEqual([]);
});

it('lists the failures of a batch, leads to their tasks, and retries them', async () => {
  await collectBatch(served, 'invoices', {
    'invoice-1': COMPLETED,
    'invoice-2': { taskStatus: 'Error', error: { messages: ['<b>too dark</b>'], warnings: null } },
  });
  const { page, complaints } = await served.open(NARROW, '#batch/invoices');
  await page.locator('#batch-status', { hasText: 'Completed' }).waitFor();

  await page.locator('#batch-failures').getByText('<b>too dark</b>').waitFor();
  await expectAccessible(page);
  const results = page.waitForEvent('download');
  await page.getByRole('link', { name: 'results.csv' }).click();
  expect((await results).suggestedFilename()).toBe('results.csv');
  await page.locator('#batch-failures').getByRole('link', { name: 'invoice-2' }).click();
  await page.locator('#task-status', { hasText: 'Failed, RecognitionError' }).waitFor();
  await page.locator('#facts').getByRole('link', { name: 'invoices' }).click();
  served.aspose.script('invoice-2', [COMPLETED]);
  await page.getByRole('button', { name: 'Retry what failed' }).click();

  await page.locator('#batch-heading', { hasText: 'invoices-r1' }).waitFor();
  await page.locator('#batch-progress', { hasText: '1 of 1 items: 1 Completed' }).waitFor();
  expect(complaints).toEqual([]);
});

it('recognizes several files as one batch, and shows the one that is no image', async () => {
  const { page, complaints } = await served.open(WIDE);

  await page.locator('input[type=file]').setInputFiles([
    { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.from('no image') },
    { name: '<img src=x onerror=alert(1)>.png', mimeType: 'image/png', buffer: Buffer.from('no image') },
  ]);
  await page.getByLabel('As one batch').check();
  await page.getByRole('button', { name: 'Recognize 2 files' }).click();

  await page.locator('#batch-progress', { hasText: '2 of 2 items: 2 Refused' }).waitFor();
  await page.locator('#batch-failures').getByText('<img src=x onerror=alert(1)>.png').waitFor();
  expect(complaints).toEqual([]);
});

it('says that a batch is not known', async () => {
  const { page } = await served.open(NARROW, '#batch/forgotten');

  await page.getByText('The server does not know this batch.').waitFor();
});

it('recognizes images as one batch', async () => {
  const { page } = await served.open(WIDE);

  await chooseSamples(page, 'letter.png', 'form.png');
  await page.getByLabel('As one batch').check();
  await page.getByRole('button', { name: 'Recognize 2 files' }).click();

  await page.locator('#batch-progress', { hasText: '2 of 2 items: 2 Completed' }).waitFor();
  expect(await page.locator('#batch-failure-count').textContent()).toBe('None.');
});
