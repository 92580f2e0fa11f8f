import { expect, it } from 'vitest';
import { base64 } from '../support/responses.ts';
import {
  chooseSamples,
  collect,
  completed,
  NARROW,
  recognizeSample,
  record,
  send,
  servePage,
  submitButton,
  summary,
  WHALE,
  WIDE,
} from './served-page.ts';

const served = servePage();

it('shows the progress of a task that another client started', async () => {
  const { page } = await served.open();

  await collect(served, 'elsewhere');

  const row = page.getByRole('link', { name: 'elsewhere' });
  await row.getByText('Completed').waitFor();
  await row.click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('task-heading');
});

it('shows a script in a document as text, without running it', async () => {
  const { page, complaints } = await served.open();
  const foreign = '<script>alert(1)</script><img src=x onerror="alert(2)">';

  await collect(served, 'foreign', [
    { type: 'Text', data: base64(foreign) },
    { type: 'Hocr', data: base64(foreign) },
  ]);
  await page.getByRole('link', { name: 'foreign' }).click();

  const texts = page.locator('.document pre');
  await texts.nth(1).getByText('alert(1)').waitFor();
  await texts.nth(0).getByText('alert(1)').waitFor();
  expect(await texts.allTextContents()).toEqual([foreign, foreign]);
  await page.goto(`${served.url}/local/tasks/foreign/documents/1`);
  expect(complaints.filter((complaint) => complaint.startsWith('dialog'))).toEqual([]);
});

it('reconnects to a restarted server that does not know the selected task', async () => {
  const { page } = await served.open();
  await collect(served, 'forgotten');
  await page.getByRole('link', { name: 'forgotten' }).click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  await chooseSamples(page, 'letter.png');

  await served.stop();
  await submitButton(page).click();
  await page.getByRole('alert').getByText('The server has stopped.').waitFor();
  await served.restart();

  await page.getByText('The server does not know this task.').waitFor();
  await page.getByText('Live').waitFor();
  expect(await page.getByRole('alert').textContent()).toBe('');
});

it('loads a document again that failed while the server was stopped', async () => {
  const { page } = await served.open();
  await collect(served, 'interrupted');
  await page.getByRole('link', { name: 'interrupted' }).getByText('Completed').waitFor();
  await page.route('**/documents/0', (route) => route.abort('connectionrefused'), { times: 1 });

  await page.getByRole('link', { name: 'interrupted' }).click();
  await page.locator('.document pre', { hasText: 'The server has stopped.' }).waitFor();
  await collect(served, 'another');

  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
});

it('shows 100 of more tasks, and the others on request', async () => {
  const { page, complaints } = await served.open(NARROW);
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
  await page.getByRole('link', { name: 'listed-154' }).waitFor();

  await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'hidden' });
  expect(await page.locator('#tasks li').count()).toBe(155);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('listed-100');
  expect(complaints).toEqual([]);
});

it('leads from a lost task to the one that replaced it', async () => {
  const { page } = await served.open();
  const lost = { status: 'NotFound', replacedBy: 'replacement' };
  await page.route('**/tasks?*', (route) =>
    route.fulfill({ json: { tasks: [{ ...summary('lost'), ...lost }] } }),
  );
  await page.route('**/tasks/lost', (route) => route.fulfill({ json: { ...record('lost'), ...lost } }));
  await page.route('**/tasks/replacement', (route) => route.fulfill({ json: record('replacement') }));
  await page.reload();

  await page.locator('#tasks a', { hasText: 'NotFound, replaced' }).click();
  await page.locator('#facts').getByRole('link', { name: 'replacement' }).click();

  await completed(page);
  expect(await page.locator('#task-heading').textContent()).toBe('replacement');
});

it('keeps the open task over a reload, in view on a narrow page, and goes back to its row', async () => {
  const { page, complaints } = await served.open(NARROW);
  await collect(served, 'kept-open');
  await page.getByRole('link', { name: 'kept-open' }).getByText('Completed').waitFor();
  await page.getByRole('link', { name: 'kept-open' }).click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();

  await page.reload();

  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  expect(
    await page.locator('#task-heading').evaluate((shown) => shown.getBoundingClientRect().top),
  ).toBeLessThan(NARROW.height / 2);
  await page.goBack();
  await page.locator('#task-section').waitFor({ state: 'hidden' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('kept-open');
  expect(complaints).toEqual([]);
});

it('saves a document under the name of its file', async () => {
  const taskId = await recognizeSample(served, 'letter.png', 'resultType=Text');
  const { page } = await served.open(WIDE, `#task/${taskId}`);
  await completed(page);

  const open = page.getByRole('link', { name: 'Open Document 0 in a new tab' });
  expect(await open.getAttribute('target')).toBe('_blank');
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save Document 0' }).click();

  expect((await saving).suggestedFilename()).toBe('letter-0.txt');
  await page.locator('#task-picture').waitFor();
});

it('cancels a task after a confirmation, and collects it again', async () => {
  const { page, complaints } = await served.open();
  served.aspose.script('endless', [{ taskStatus: 'Processing' }]);
  await send(`${served.url}/tasks`, { taskId: 'endless' });
  await page.getByRole('link', { name: 'endless' }).click();
  const cancel = page.getByRole('button', { name: 'Cancel the task' });

  await cancel.click();
  await page.getByRole('button', { name: 'Keep collecting' }).click();
  expect(await page.locator('#task-status').textContent()).toBe('Collecting');
  await cancel.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the task' }).click();

  await page.getByText('The task was cancelled.').waitFor();
  await page.locator('#task-status', { hasText: 'Cancelled' }).waitFor();
  served.aspose.script('endless', [{ taskStatus: 'Completed', results: [WHALE] }]);
  await page.getByRole('button', { name: 'Collect again' }).click();
  await page.getByText('as generation 2').waitFor();
  await completed(page);
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();
  expect(complaints).toEqual([]);
});

it('reports why a task cannot be collected again', async () => {
  const { page } = await served.open();
  await collect(served, 'old');
  await page.getByRole('link', { name: 'old', exact: false }).first().waitFor();
  await page.route('**/tasks', (route) =>
    route.fulfill({ status: 400, json: { detail: 'submittedAt: got yesterday; allowed: within 24 hours' } }),
  );
  await page.goto(`${served.url}/#task/old`);

  await page.getByRole('button', { name: 'Collect again' }).click();

  await page.getByText('submittedAt: got yesterday').waitFor();
});

it('shows the tasks of one kind', async () => {
  const { page } = await served.open();
  served.aspose.script('too-dark', [{ taskStatus: 'Error' }]);
  await send(`${served.url}/tasks`, { taskId: 'too-dark' });
  await collect(served, 'bright');
  await page.getByRole('link', { name: 'bright' }).getByText('Completed').waitFor();
  await page.getByRole('link', { name: 'too-dark' }).getByText('Failed, RecognitionError').waitFor();

  await page.getByLabel('Tasks to show').selectOption('Not completed');

  await page.getByRole('link', { name: 'too-dark' }).waitFor();
  await page.getByRole('link', { name: 'bright' }).waitFor({ state: 'detached' });
});

it('shows the task that was opened last, also when the response about an earlier one is late', async () => {
  const { page } = await served.open();
  const late = Promise.withResolvers<void>();
  const tasks = ['slow', 'fast'].map(summary);
  await page.route('**/tasks?*', (route) => route.fulfill({ json: { tasks } }));
  await page.route('**/tasks/fast', (route) => route.fulfill({ json: record('fast') }));
  await page.route('**/tasks/slow', async (route) => {
    await late.promise;
    await route.fulfill({ json: record('slow') });
  });
  await page.reload();
  await page.locator('#tasks a', { hasText: 'slow' }).click();
  await page.locator('#tasks a', { hasText: 'fast' }).click();
  const headings = await page.locator('#task-heading').evaluateHandle((heading) => {
    const seen: (string | null)[] = [];
    new MutationObserver(() => seen.push(heading.textContent)).observe(heading, { childList: true });
    return seen;
  });

  late.resolve();
  await page.locator('#task-heading', { hasText: 'fast' }).waitFor();

  expect(await headings.jsonValue()).toEqual(['fast']);
});
