import fc from 'fast-check';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { POLLING_PRESETS } from '../../../functions/contracts/polling-presets.ts';
import { TASK_STATUSES } from '../../../functions/contracts/task-statuses.ts';
import { TASK_ID } from '../../support/builders.ts';
import { escapeAsDotNet } from '../../support/responses.ts';
import { type Course, START, type WireResponse } from '../layers/workflow-in-memory.ts';

const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 6) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const whole = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const result = fc.record({
  type: fc.constantFrom('Text', 'Pdf', 'Other', '../x', null),
  data: mostly<string | null>(whole, fc.constantFrom(null, 'a b', 'QR==', '*')),
});

/** Mostly an envelope that keeps the contract. */
const envelope = fc.record(
  {
    id: mostly<string | null>(
      fc.constantFrom(null, TASK_ID, TASK_ID.toUpperCase()),
      fc.constant('other'),
      20,
    ),
    taskStatus: mostly<string | null>(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('Pending', 'Processing') },
        { weight: 3, arbitrary: fc.constant('Completed') },
        { weight: 1, arbitrary: fc.constantFrom(...TASK_STATUSES) },
      ),
      fc.constantFrom('completed', 'Done', '', null),
    ),
    responseStatusCode: fc.constantFrom('Ok', 'NotReady', 'ResultDataLost', null),
    results: mostly<unknown>(fc.array(result, { minLength: 1, maxLength: 4 }), fc.constantFrom(null, [])),
    error: fc.constantFrom<unknown>(null, { messages: ['m'], warnings: [null] }, 'boom', { messages: 7 }),
  },
  { requiredKeys: ['taskStatus'] },
);
const body = mostly(
  fc
    .tuple(envelope, fc.boolean())
    .map(([value, escaped]) => (escaped ? escapeAsDotNet(JSON.stringify(value)) : JSON.stringify(value))),
  fc.oneof(
    fc.constantFrom('', '<html>', 'null', '[1]', '{"taskStatus":"Completed"'),
    fc.json(),
    fc.string(),
    fc.constant('x'.repeat(30_000)),
  ),
  8,
);

const headers = fc
  .option(
    fc.constantFrom(
      '1',
      '20',
      '100000',
      '-1',
      'soon',
      'Sun, 01 Mar 2026 12:05:00 GMT',
      'Fri, 01 Jan 2100 00:00:00 GMT',
    ),
    { nil: undefined },
  )
  .map(
    (retryAfter): Record<string, string> => (retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  );

/** A response in pieces of any size, which may be truncated. */
const response = (statuses: fc.Arbitrary<number>, bodies: fc.Arbitrary<string>) =>
  fc
    .record({
      status: statuses,
      headers,
      body: bodies,
      breaksOff: fc.boolean(),
      missing: mostly(fc.constant(0), fc.integer({ min: 1, max: 100 }), 4),
      pieces: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
    })
    .map(({ status, headers: received, body: whole, breaksOff, missing, pieces }): WireResponse => {
      const bytes = Buffer.from(whole);
      const sent = bytes.subarray(0, Math.max(0, bytes.length - missing));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < sent.length; ) {
        const length = bytes.length > 5000 ? 5000 : (pieces[chunks.length % pieces.length] ?? 1);
        chunks.push(sent.subarray(at, at + length));
        at += length;
      }
      return { kind: 'response', status, headers: received, chunks, cut: breaksOff && missing > 0 };
    });
const networkFault = fc.constant<WireResponse>({ kind: 'network fault' });

const wireResponse = mostly<WireResponse>(
  response(
    mostly(fc.constant(200), fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 429, 500, 503), 8),
    body,
  ),
  networkFault,
  12,
);

const grant = fc
  .record({ access_token: fc.constantFrom('t1', 't2'), expires_in: fc.constantFrom(3600, 60, 1, 0, null) })
  .map((granted) => JSON.stringify(granted));
const token = mostly<WireResponse>(
  response(
    mostly(fc.constant(200), fc.constantFrom(302, 400, 401, 404, 429, 500, 503), 4),
    mostly(
      grant,
      fc.constantFrom('', '<html>', '{}', '{"access_token":""}', '{"access_token":"a\\r\\nb"}'),
      6,
    ),
  ),
  networkFault,
  8,
);

const input = fc.record(
  {
    taskId: fc.constant(TASK_ID),
    operation: fc.constantFrom(...OPERATION_NAMES),
    generation: fc.constant(1),
    submittedAt: fc
      .integer({ min: -86_700, max: 60 })
      .map((seconds) => new Date(START + seconds * 1000).toISOString()),
    polling: fc.record(
      {
        preset: fc.constantFrom(...POLLING_PRESETS),
        // Often shorter than the other delays.
        timeoutSeconds: fc.oneof(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 30, max: 300 }),
          fc.double({ min: 1, max: 86_400, noNaN: true }),
        ),
        maxPolls: fc.integer({ min: 1, max: 25 }),
        firstPollDelaySeconds: fc.double({ min: 0, max: 100, noNaN: true }),
        holdSeconds: fc.double({ min: 0, max: 120, noNaN: true }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['taskId', 'operation', 'generation', 'polling'] },
);

/** Everything that Aspose, the network and Lambda can do to a task. */
export const courses: fc.Arbitrary<Course> = fc.record({
  input,
  responses: fc.array(
    fc.tuple(wireResponse, fc.integer({ min: 0, max: 40 })).map(([wire, seconds]) => ({ ...wire, seconds })),
    { minLength: 1, maxLength: 14 },
  ),
  tokens: mostly<readonly WireResponse[]>(fc.constant([]), fc.array(token, { maxLength: 8 }), 2),
  pauses: mostly<readonly boolean[]>(fc.constant([]), fc.array(fc.boolean(), { maxLength: 300 }), 5),
  crashes: fc
    .uniqueArray(
      fc.tuple(
        mostly(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 300 })),
        fc.constantFrom('before', 'after', 'lost'),
      ),
      {
        maxLength: 12,
        selector: ([step]) => step,
      },
    )
    .map((crashes) => new Map(crashes)),
  randoms: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
    maxLength: 5,
  }),
});
