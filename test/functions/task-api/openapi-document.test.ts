import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { createHandler } from '../../../functions/task-api/handler.ts';
import { openApiDocument } from '../../../functions/task-api/openapi-document.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const SOURCE = { bucket: 'scans', key: '7.png', etag: 'e' };

it('matches docs/openapi.json, which npm run generate writes', async () => {
  const committed = new URL('../../../docs/openapi.json', import.meta.url);

  expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(openApiDocument());
});

it('is a valid OpenAPI 3.1 document whose references all resolve', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(openApiDocument()));

  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
  expect(() => validator.resolveRefs()).not.toThrow();
});

/** Whether the document allows a body, and the status that the API returns for it. */
async function offer(path: string, schemaName: string, body: object) {
  const { components } = z
    .object({ components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }) })
    .parse(openApiDocument());
  const logs = captureLogs();
  const memory = memoryPorts();
  memory.objects.set(SOURCE.key, { kind: 'Found', source: SOURCE, metadata: {} });
  const { ports, waiting } = memory;
  const handler = createHandler({ ports, waiting, logger: logs.logger, metrics: logs.metrics });
  const { statusCode } = await handler(anHttpEvent('POST', path, { body: JSON.stringify(body) }), aContext());
  const isAllowed = new Ajv2020({ strict: false }).validate(components.schemas[schemaName] ?? false, body);
  return { statusCode, isAllowed };
}

it.each([
  { fileName: '7.png' },
  { fileName: '7.png', contentType: 'image/png' },
  { fileName: '7.png', again: false },
  { fileName: '7.png', again: true },
  { fileName: '7.png', source: SOURCE },
  { fileName: '7.png', source: SOURCE, contentType: 'image/png' },
  { source: SOURCE },
  { source: SOURCE, again: true },
  { source: SOURCE, contentType: 'image/png' },
  { contentType: 'image/png' },
  { again: true },
  {},
])('describes whether POST /images accepts %j', async (body) => {
  const { statusCode, isAllowed } = await offer('/images', 'ImageRequest', body);

  expect(statusCode).toBe(isAllowed ? (body.source === undefined ? 201 : 202) : 400);
});

const LIST = { bucket: 'scans', key: 'a.csv' };
const IMAGES = { bucket: 'scans', prefix: 'a/' };

it.each([
  { tasks: ['a'] },
  {
    tasks: [
      { taskId: 'a', generation: 2 },
      { source: SOURCE, settings: { language: 'English' } },
    ],
  },
  { tasks: [{ taskId: 'a', other: 1 }] },
  { tasks: [] },
  { list: LIST, batchId: 'a', concurrency: 1000 },
  { list: LIST, concurrency: 1001 },
  { images: IMAGES, requestsPerSecond: 0.1 },
  { tasks: ['a'], list: LIST },
  { list: LIST, images: IMAGES },
  { batchId: 'a' },
  {},
])('describes whether POST /batches accepts %j', async (body) => {
  const { statusCode, isAllowed } = await offer('/batches', 'BatchRequest', body);

  expect(statusCode).toBe(isAllowed ? 202 : 400);
});

it.each([
  'StartRequest',
  'ImageRequest',
  'RequestedUpload',
  'Recognition',
  'Image',
  'BatchRequest',
  'RetryRequest',
  'StartedBatch',
  'Batch',
  'BatchPage',
  'BatchResults',
  'Collection',
  'TaskRecord',
  'TaskPage',
  'LinkedResults',
  'Problem',
])('allows no additional properties in %s', (name) => {
  expect(openApiDocument()).toHaveProperty(['components', 'schemas', name, 'additionalProperties'], false);
});
