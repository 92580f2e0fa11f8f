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
  const { components } = z
    .object({ components: z.object({ schemas: z.object({ ImageRequest: z.looseObject({}) }) }) })
    .parse(openApiDocument());
  const logs = captureLogs();
  const memory = memoryPorts();
  memory.objects.set(SOURCE.key, { kind: 'Found', source: SOURCE, metadata: {} });
  const handler = createHandler({ ports: memory.ports, logger: logs.logger, metrics: logs.metrics });
  const event = anHttpEvent('POST', '/images', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  const { statusCode } = await handler(event, aContext());

  const isValid = new Ajv2020({ strict: false }).validate(components.schemas.ImageRequest, body);
  expect(statusCode).toBe(isValid ? (body.source === undefined ? 201 : 202) : 400);
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
