import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { ImageRecord } from '../../../functions/contracts/image-record.ts';
import { createHandler } from '../../../functions/task-api/handler.ts';
import { openApiDocument } from '../../../functions/task-api/openapi-document.ts';
import { aBatchRecord, anEndedBatch } from '../../support/batch-builders.ts';
import {
  aRecord,
  aTerminalRecord,
  BUCKET,
  instantAfter,
  longestStoredResults,
  START,
} from '../../support/builders.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

/** The parts of the document that the test reads; the schemas themselves stay JSON Schema. */
const schema = z.looseObject({ $ref: z.string().optional() });
const content = z.record(z.string(), z.object({ schema }));
const operation = z.object({
  parameters: z
    .array(
      z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), required: z.boolean(), schema }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      content: content.optional(),
      headers: z.record(z.string(), z.object({ required: z.boolean() })).default({}),
    }),
  ),
});
const document = z
  .object({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.object({ schemas: z.record(z.string(), schema) }),
  })
  .parse(openApiDocument());

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({
    method: method.toUpperCase(),
    path,
    ...described,
  })),
);

function resolve({ $ref, ...inline }: z.infer<typeof schema>): Record<string, unknown> {
  return $ref === undefined ? inline : { ...document.components.schemas[$ref.split('/').at(-1) ?? ''] };
}

/** One task in each state of a record. */
const records = [
  aRecord({ taskId: 'collecting' }),
  aTerminalRecord({
    taskId: 'completed',
    results: longestStoredResults(2),
    resultCount: 3,
    manifestKey: 'results/RecognizeImage/completed/manifest.json',
    correlation: 'order 7',
    submittedAt: instantAfter(-5),
  }),
  aTerminalRecord({ taskId: 'failed', outcome: 'Failed', reason: 'RecognitionError', messages: ['m'] }),
  aTerminalRecord({ taskId: 'cancelled', outcome: 'Cancelled' }),
  aTerminalRecord({ taskId: 'expired', expiresAt: START / 1000 - 1 }),
];

/** Objects in a source of the courier, and one that is missing. */
const OBJECTS = ['7.png', '8.png'].map((key) => ({ bucket: 'scans', key, etag: 'e' }));

/** One image in each state of a record. */
const images = [
  anImageRecord('a', { state: 'AwaitingUpload' }),
  anImageRecord('b', { state: 'Submitting', source: OBJECTS[0], executionArn: 'arn', settings: '{}' }),
  anImageRecord('c', {
    ...{ state: 'Submitted', source: OBJECTS[0], executionArn: 'arn' },
    ...{ taskIds: ['completed'], uploads: 1, uploadedAt: instantAfter(0) },
  }),
  anImageRecord('d', {
    ...{ state: 'Refused', source: OBJECTS[0], executionArn: 'arn', reason: 'NotAnImage', messages: ['m'] },
    ...{ terminalEvent: 'Published', completedAt: instantAfter(1) },
  }),
  anImageRecord('e', {
    ...{ state: 'Done', source: OBJECTS[0], executionArn: 'arn', taskIds: ['expired'], uploads: 2 },
    ...{ ambiguousUploads: 1, outcome: 'Completed', completedAt: instantAfter(1) },
  }),
  anImageRecord('f', { state: 'Done', expiresAt: START / 1000 - 1 }),
];

function anImageRecord(digit: string, details: Partial<ImageRecord>): ImageRecord {
  return {
    ...{ imageId: digit.repeat(40), generation: 1, state: 'AwaitingUpload', operation: 'RecognizeImage' },
    ...{ startedAt: instantAfter(0), taskIds: [], uploads: 0, ambiguousUploads: 0, rejections: 0 },
    ...{ messages: [], leaseExpiresAt: instantAfter(900), expiresAt: START / 1000 + 3600, version: 1 },
    ...details,
  };
}

/** One batch in each state of a record. */
const batches = [
  aBatchRecord({ batchId: 'opening' }),
  aBatchRecord({ batchId: 'running', status: 'Running', total: 3, duplicates: 1, chunks: 1 }),
  aBatchRecord({ batchId: 'cancelling', status: 'Cancelling', cancelledAt: instantAfter(1) }),
  anEndedBatch({ batchId: 'completed', requestsPerSecond: 5 }),
  anEndedBatch({ batchId: 'perfect', counts: { Completed: 2 } }),
  anEndedBatch({
    ...{ batchId: 'stopped', outcome: 'Stopped', reason: 'QuotaExceeded', stopReason: 'QuotaExceeded' },
    ...{ terminalEvent: 'Pending', messages: ['m'] },
  }),
  anEndedBatch({ batchId: 'refused', outcome: 'Refused', reason: 'ListInvalid', total: 0, counts: {} }),
  anEndedBatch({ batchId: 'cancelled', outcome: 'Cancelled' }),
  anEndedBatch({ batchId: 'expired', expiresAt: START / 1000 - 1 }),
];

/** Names whose values mean something to the ports. */
const KNOWN: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  imageId: fc.constantFrom(...images.map(({ imageId }) => imageId), '0'.repeat(40)),
  batchId: fc.constantFrom(...batches.map(({ batchId }) => batchId), 'unknown'),
  prefer: fc.constantFrom('wait=0', 'wait=3', 'respond-async, WAIT="60"', 'wait=x'),
  prefix: fc.constantFrom('images/', 'inbox/RecognizeImage/', 'results/'),
  bucket: fc.constantFrom('scans', BUCKET, 'unknown'),
  key: fc.constantFrom(
    ...OBJECTS.map(({ key }) => key),
    'inbox/RecognizeImage/7.png',
    'lists/a.csv',
    'missing.png',
  ),
  settings: fc.oneof(fc.constantFrom({ language: 'English' }, { dpi: 'x' }), fc.jsonValue()),
};

const taskIds = fc.constantFrom(...records.map(({ taskId }) => taskId), 'unknown');
const junk = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom('', '-1', '1e9', '../x', '__proto__', '🐳', ','),
);

/** Generates values that a schema allows; covers the keywords that the API's schemas use. */
function valid(
  name: string,
  {
    type,
    enum: choices,
    format,
    minimum,
    maximum,
    pattern,
    properties,
    required,
    oneOf,
    anyOf,
    items,
    ...rest
  }: Record<string, unknown>,
): fc.Arbitrary<unknown> {
  if (name === 'taskId') return taskIds;
  const known = KNOWN[name];
  if (known !== undefined) return known;
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  if (format === 'date-time')
    return fc.constantFrom(instantAfter(-60), '2026-01-01T01:00:00+01:00', '2030-01-01T00:00:00Z');
  if (type === 'array')
    return fc.array(valid('', schema.parse(items)), {
      minLength: Number(rest['minItems'] ?? 0),
      maxLength: 3,
    });
  if (Array.isArray(anyOf))
    return fc.oneof(...anyOf.map((alternative) => valid(name, schema.parse(alternative))));
  if (type === 'integer')
    return fc.integer({ min: Number(minimum), max: Math.min(Number(maximum), Number(minimum) + 2) });
  if (type === 'number') return fc.double({ min: Number(minimum), max: Number(maximum), noNaN: true });
  if (type === 'boolean') return fc.boolean();
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  if (type === 'string') return fc.string({ minLength: Number(rest['minLength'] ?? 0), maxLength: 20 });
  const all = z.record(z.string(), schema).parse(properties);
  const always = z.array(z.string()).default([]).parse(required);
  const [alternative, ...others] = z.array(alternativeSchema).default([]).parse(oneOf);
  if (alternative === undefined) return fields(all, always);
  return fc.constantFrom(alternative, ...others).chain((chosen) => {
    const allowed = Object.entries(all).filter(([field]) => chosen.properties[field] !== false);
    return fields(Object.fromEntries(allowed), [...always, ...chosen.required]);
  });
}

/** One combination of fields of a body. */
const alternativeSchema = z.object({
  required: z.array(z.string()),
  properties: z.record(z.string(), z.unknown()),
});

function fields(properties: Record<string, z.infer<typeof schema>>, required: readonly string[]) {
  return fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valid(name, property)])),
    { requiredKeys: [...required] },
  );
}

/** Generates three valid values for each invalid one. */
const mostly = <T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: bad });

const requests = fc.constantFrom(...operations).chain((chosen) => {
  const inPlace = (place: string) => chosen.parameters.filter((parameter) => parameter.in === place);
  const texts = (place: string) =>
    Object.fromEntries(
      inPlace(place).map(({ name, schema }) => [
        name,
        mostly(valid(name, resolve(schema)).map(String), junk),
      ]),
    );
  const bodySchema = chosen.requestBody?.content['application/json']?.schema;
  const anyBody = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()));
  const validBody = bodySchema === undefined ? anyBody : valid('', resolve(bodySchema));
  return fc.record({
    chosen: fc.constant(chosen),
    path: fc.record(texts('path')),
    headers: fc.record(texts('header'), { requiredKeys: [] }),
    query: mostly(fc.record(texts('query'), { requiredKeys: [] }), fc.dictionary(junk, junk, { maxKeys: 2 })),
    body: mostly(
      mostly(validBody, anyBody).map((value) => JSON.stringify(value)),
      junk,
    ),
    contentType: mostly(fc.constant('application/json'), junk),
    isBase64Encoded: fc.boolean(),
    documentsGone: fc.boolean(),
  });
});

/** Headers that the document does not list, because every response may have them. */
const PAYLOAD_HEADERS = ['content-type', 'cache-control'];

it('returns only responses that the OpenAPI document describes, and never HTTP 5xx', async () => {
  const logs = captureLogs();

  await fc.assert(
    fc.asyncProperty(
      requests,
      async ({ chosen, path, headers, query, body, contentType, isBase64Encoded, documentsGone }) => {
        const memory = memoryPorts(records);
        for (const batch of batches) memory.batches.all.set(batch.batchId, batch);
        memory.ports.progress.ends.set('running#0', { tag: 'a', counts: { Completed: 2 } });
        for (const image of images) memory.images.all.set(image.imageId, image);
        for (const source of OBJECTS) memory.objects.set(source.key, { kind: 'Found', source, metadata: {} });
        if (documentsGone) memory.ports.documents.exists = async () => false;
        const { ports, waiting } = memory;
        const handler = createHandler({ ports, waiting, logger: logs.logger, metrics: logs.metrics });
        const rawPath = chosen.path.replace(/\{(\w+)\}/g, (_, name: string) => path[name] || ' ');
        const details: Partial<APIGatewayProxyEventV2> = {
          rawPath,
          pathParameters: path,
          queryStringParameters: query,
          headers: { ...headers, 'content-type': contentType },
          body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
          isBase64Encoded,
        };

        const response = await handler(anHttpEvent(chosen.method, chosen.path, details), aContext());

        const status = String(response.statusCode);
        const described = chosen.responses[status];
        expect(Number(status)).toBeLessThan(500);
        if (described === undefined) throw new TypeError(`${chosen.path} describes no ${status}`);
        expect(Object.keys(response.headers ?? {})).toEqual(
          expect.arrayContaining(
            Object.keys(described.headers).filter((name) => described.headers[name]?.required),
          ),
        );
        if (Number(status) < 400) {
          const returned = Object.keys(response.headers ?? {});
          expect(Object.keys(described.headers)).toEqual(
            expect.arrayContaining(returned.filter((name) => !PAYLOAD_HEADERS.includes(name))),
          );
        }
        const type = String(response.headers?.['content-type']);
        const bodySchema = described.content?.[type]?.schema;
        expect(bodySchema === undefined).toBe(response.body === undefined);
        if (bodySchema !== undefined)
          z.fromJSONSchema(resolve(bodySchema)).parse(JSON.parse(response.body ?? ''));
      },
    ),
    { numRuns: 500 },
  );
});
