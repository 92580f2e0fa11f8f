import { expect, it } from 'vitest';
import { chooseSamples, collect, expectAccessible, NARROW, servePage, summary, WIDE } from './served-page.ts';

const served = servePage();

/** 200 tasks: every tenth has failed, and every twentieth is being collected. */
const BUSY = Array.from({ length: 200 }, (_, index) => ({
  ...summary(`busy-${index}`),
  ...(index % 10 === 1 && { status: 'Failed', reason: 'RecognitionError' }),
  ...(index % 20 === 0 && { status: 'Collecting', completedAt: undefined }),
  attempts: 1 + (index % 4),
}));

const COLOR_SCHEMES = ['light', 'dark'] as const;
const VIEWPORTS = { wide: WIDE, narrow: NARROW };
const LOOKS = COLOR_SCHEMES.flatMap((colorScheme) =>
  Object.entries(VIEWPORTS).map(([name, viewport]) => ({ colorScheme, name, viewport })),
);

it.each(LOOKS)('draws 200 tasks as charts with tables, accessibly, $name and $colorScheme', async (look) => {
  const { page, complaints } = await served.open(look.viewport);
  await page.emulateMedia({ colorScheme: look.colorScheme });
  await page.route('**/tasks?*', (route) => route.fulfill({ json: { tasks: BUSY } }));
  await page.reload();

  await page.getByText('100 of 200').waitFor();
  const chart = page.getByRole('img', { name: '200 tasks: 170 Completed, 20 Failed, 10 Collecting.' });
  await chart.locator('svg').waitFor();
  await page.getByText('Outcomes as a table').click();
  expect(await page.locator('#outcomes-rows').innerText()).toBe('Completed\t170\nFailed\t20\nCollecting\t10');
  await page.getByText('Polls per task as a table').click();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

it.each(LOOKS)('is accessible while it is empty, $name and $colorScheme', async (look) => {
  const { page, complaints } = await served.open(look.viewport);
  await page.emulateMedia({ colorScheme: look.colorScheme });
  await page.route('**/tasks?*', (route) => route.fulfill({ json: { tasks: [] } }));
  await page.reload();

  await page.getByText('None yet.').waitFor();
  await page.getByText('Charts appear here').waitFor();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

it.each(LOOKS)('is accessible with files, settings and a task, $name and $colorScheme', async (look) => {
  const { page, complaints } = await served.open(look.viewport);
  await page.emulateMedia({ colorScheme: look.colorScheme });
  await collect(served, `accessible-${look.name}-${look.colorScheme}`);
  await chooseSamples(page, 'form.png');
  await page.getByText('Settings').click();
  await page.getByLabel('Region', { exact: true }).fill('64,310,556,372');
  await page.keyboard.press('Enter');
  await expectAccessible(page);
  const task = page.getByRole('link', { name: `accessible-${look.name}-${look.colorScheme}` });
  await task.getByText('Completed').waitFor();
  await task.click();
  await page.locator('.document pre', { hasText: 'whale' }).waitFor();

  await expectAccessible(page);
  expect(complaints).toEqual([]);
});
