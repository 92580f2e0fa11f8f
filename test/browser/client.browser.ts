import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OcrCourierStack } from '../../lib/ocr-courier-stack.ts';
import { startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';
import { bundleEntry, CLIENT_BUNDLE } from '../../scripts/bundle-package.ts';
import { newDirectory, SAMPLES } from '../support/run-command.ts';
import { LAUNCH } from './launch.ts';

const cleanup = new AsyncDisposableStack();
let stack: EmbeddedStack;
let page: Page;

const HTML = `<!doctype html><title>Scans</title><link rel="icon" href="data:,">
<script type="module">import { createClient } from '/client.js'; Object.assign(window, { createClient });</script>`;

/** Serves an empty page, which loads the client as the package ships it. */
async function servePage(): Promise<string> {
  const directory = await newDirectory();
  await bundleEntry(CLIENT_BUNDLE, directory);
  const client = await readFile(join(directory, 'client.js'));
  const server = createServer((request, response) => {
    const isClient = request.url === '/client.js';
    response.setHeader('content-type', isClient ? 'text/javascript' : 'text/html');
    response.end(isClient ? client : HTML);
  });
  const { url, close } = await listenOnLoopback(server);
  cleanup.defer(close);
  return url;
}

/** Synthesizes the stack as an operator does who allows a web page to call it. */
async function synthesizeFor(origin: string): Promise<string> {
  const outdir = await newDirectory();
  const app = new App({ outdir });
  new OcrCourierStack(app, 'OcrCourier', { configuration: { api: { corsOrigins: [origin] } } });
  app.synth();
  return outdir;
}

beforeAll(async () => {
  const origin = await servePage();
  const simulator = await startAsposeSimulator();
  cleanup.defer(() => simulator.close());
  stack = await startEmbeddedStack({
    assemblyDirectory: await synthesizeFor(origin),
    environment: { ASPOSE_BASE_URL: simulator.baseUrl },
    secretValue: () => JSON.stringify(simulator.credentials),
  });
  cleanup.defer(() => stack.close());
  const browser: Browser = await chromium.launch(LAUNCH);
  cleanup.defer(() => browser.close());
  page = await browser.newPage();
  await page.goto(origin);
});
afterAll(() => cleanup.disposeAsync());

it.each([
  ['a token', { token: 'aaa.bbb.ccc' }],
  [
    'AWS credentials',
    {
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 's' },
      region: 'eu-west-1',
    },
  ],
])('a page of another origin recognizes a file and reads its text with %s', async (_, authorization) => {
  const letter = (await readFile(join(SAMPLES, 'letter.png'))).toString('base64');

  const { text, statuses } = await page.evaluate(
    async ({ apiUrl, options, base64 }) => {
      const client = Reflect.get(window, 'createClient')({ apiUrl, ...options });
      const pixels = await (await fetch(`data:image/png;base64,${base64}`)).blob();
      const { taskId } = await client.recognize(new File([pixels], 'letter.png', { type: 'image/png' }));
      const listed: string[] = [];
      for await (const { status } of client.list({ limit: 1 })) listed.push(status);
      return { text: await new Response(await client.download(taskId, 0)).text(), statuses: listed };
    },
    { apiUrl: stack.outputs['ApiUrl'] ?? '', options: authorization, base64: letter },
  );

  expect(text).toContain('Dear Ms Okafor');
  expect(statuses).toContain('Completed');
});

it('a page receives problems, and when to ask again', async () => {
  const problem = await page.evaluate(async (apiUrl) => {
    return await Reflect.get(
      window,
      'createClient',
    )({ apiUrl, token: 'a' })
      .read('whale')
      .catch(({ name, status, type }: { name: string; status: number; type: string }) => ({
        name,
        status,
        type,
      }));
  }, stack.outputs['ApiUrl'] ?? '');

  expect(problem).toEqual({ name: 'ApiProblem', status: 404, type: 'urn:ocr-courier:problem:TaskNotFound' });
});
