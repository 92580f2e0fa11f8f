import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { ScriptedResponse } from '../../local/aspose-simulator/scripted-responses.ts';
import { type AsposeSimulator, startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { base64 } from '../support/responses.ts';
import { asposeEnvironment, SAMPLES } from '../support/run-command.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';
import { LAUNCH } from './launch.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 800 };

export interface OpenPage {
  readonly page: Page;
  /** Errors, warnings and dialogs of the browser, including violations of the page's policy. */
  readonly complaints: readonly string[];
}

/** The page of `serve` in Chromium, with a simulator that tests can script. */
export interface ServedPage {
  readonly url: string;
  readonly aspose: AsposeSimulator;
  /** @param hash the fragment of the address */
  open(viewport?: typeof WIDE, hash?: string): Promise<OpenPage>;
  stop(): Promise<void>;
  /** Starts it again, at the same address and without its tasks. */
  restart(): Promise<void>;
}

/** Serves the page to all tests of a file. */
export function servePage(): ServedPage {
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

  return {
    get url() {
      return serve.url;
    },
    get aspose() {
      return aspose;
    },
    async open(viewport = WIDE, hash = '') {
      const page = await browser.newPage({ viewport });
      onTestFinished(() => page.close());
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
      await page.goto(`${serve.url}/${hash}`);
      await page.getByText('Live').waitFor();
      return { page, complaints };
    },
    async stop() {
      await serve.interrupt();
    },
    async restart() {
      const { port } = new URL(serve.url);
      serve = await startServe(asposeEnvironment(aspose), ['--port', port]);
    },
  };
}

/** Sends JSON to the HTTP API. */
export async function send(url: string, json: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(json) });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}, ${await response.text()}`);
}

/** Starts the collection of a task with scripted results. */
export async function collect(
  { url, aspose }: ServedPage,
  taskId: string,
  results: readonly { readonly type: string; readonly data: string }[] = [WHALE],
): Promise<void> {
  aspose.script(taskId, [{ taskStatus: 'Completed', results }]);
  await send(`${url}/tasks`, { taskId });
}

export const WHALE = { type: 'Text', data: base64('whale') };

/** Starts a batch of scripted tasks. */
export async function collectBatch(
  { url, aspose }: ServedPage,
  batchId: string,
  tasks: Readonly<Record<string, ScriptedResponse>>,
): Promise<void> {
  for (const [taskId, response] of Object.entries(tasks)) aspose.script(taskId, [response]);
  await send(`${url}/batches`, { batchId, tasks: Object.keys(tasks) });
}

/** Recognizes a sample, and returns its task. */
export async function recognizeSample({ url }: ServedPage, name: string, query: string): Promise<string> {
  const body = await readFile(join(SAMPLES, name));
  const response = await fetch(`${url}/local/recognize?fileName=${name}&${query}`, { method: 'POST', body });
  const { taskId } = await response.json();
  return String(taskId);
}

export const completed = (page: Page) => page.locator('#task-status', { hasText: 'Completed' }).waitFor();

export const submitButton = (page: Page) => page.getByRole('button', { name: /^Recognize/ });

export const chooseSamples = (page: Page, ...names: readonly string[]) =>
  page.locator('input[type=file]').setInputFiles(names.map((name) => join(SAMPLES, name)));

/** Expects no violation of accessibility rules, and no horizontal scroll bar. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const violations = await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]))',
  );
  expect(violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

/** A task as the HTTP API lists it. */
export const summary = (taskId: string) => ({
  taskId,
  operation: 'RecognizeImage',
  generation: 1,
  status: 'Completed',
  attempts: 2,
  resultCount: 1,
  startedAt: '2026-03-01T12:00:00.000Z',
  completedAt: '2026-03-01T12:00:03.000Z',
  expiresAt: 1_772_452_800,
});

/** A task as the HTTP API describes it. */
export const record = (taskId: string) => ({
  ...summary(taskId),
  faults: 0,
  faultsInARow: {},
  executionArn: 'arn',
  leaseExpiresAt: '2026-03-01T12:00:00.000Z',
  results: [],
  resultCount: 0,
  resultBytes: 0,
  partial: false,
  empty: false,
  messages: [],
  warnings: [],
  version: 2,
});
