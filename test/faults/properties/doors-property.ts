import Ajv2020 from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { expect } from 'vitest';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { OUTCOME_NAMES } from '../../../functions/contracts/outcomes.ts';
import { MAX_HOLD_SECONDS, MAX_POLLS } from '../../../functions/contracts/task-input.ts';
import { parseExecutionInput } from '../../../functions/core/execution-input.ts';
import { openRecord } from '../../../functions/core/task-record.ts';
import { createHandler as createFetchResult } from '../../../functions/fetch-result/handler.ts';
import { createHandler as createStartExecutions } from '../../../functions/start-executions/handler.ts';
import { createHandler as createTaskApi } from '../../../functions/task-api/handler.ts';
import { openApiDocument } from '../../../functions/task-api/openapi-document.ts';
import { anInput, BUCKET, EXECUTION, instantAfter, START, TASK_ID } from '../../support/builders.ts';
import { faultOf } from '../../support/event-validator.ts';
import { anHttpEvent } from '../../support/http-event.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';
import { withoutImages } from '../../support/memory-images.ts';
import { memoryPorts } from '../../support/memory-ports.ts';
import { memoryRecords } from '../../support/memory-records.ts';
import { reproducible } from '../../support/reproducible.ts';
import { aBatch, anEvent } from '../../support/submitted-event.ts';

const CANARY = 'canary-eyJhbGciOi';
/** Error messages do not repeat a name this long, which may be a secret. */
const LONG_NAME = `${CANARY}${'x'.repeat(40)}`;

/** The result of an input at a door. */
interface Admission {
  /** The error message; undefined when the input is accepted. */
  readonly refused: string | undefined;
  /** Whether the input had an effect: an execution, or a call to Aspose. */
  readonly acted: boolean;
}

/** A way to start a task. */
interface Door {
  readonly name: string;
  /** Allowed deviation of `submittedAt` from what is documented. */
  readonly toleranceSeconds: number;
  /** Whether the door's published schema allows an input. */
  allows(input: unknown): boolean;
  start(input: unknown): Promise<Admission>;
}

const strings = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    '',
    '../x',
    'a\r\nb',
    '\0',
    '__proto__',
    'x'.repeat(10_000),
    CANARY,
    `${CANARY}/+=`,
    '\u{1f433}',
  ),
);
const odd = fc.oneof(
  strings,
  fc.constantFrom(null, 0, -1, 1.5, 1e21, true, [], {}, [CANARY]),
  fc.jsonValue(),
);
const mostly = (usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: odd });

const instants = fc.oneof(
  fc.integer({ min: -200_000, max: 400 }).map(instantAfter),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2025-12-31T23:00:00+02:00',
    '2025-12-31T23:00:00.123456789Z',
    '2025-12-31T23:00:00',
    '2025-12-31T23:00Z',
    '2025-12-31T23:00:00+0200',
    '2025-12-31t23:00:00z',
    '2025-12-31 23:00:00Z',
    '2025-02-30T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '2025-12-31T24:00:00Z',
    '2025-12-31T23:00:00+99:00',
    '0000-01-01T00:00:00Z',
    '+012025-12-31T23:00:00Z',
    '2025-12-31',
  ),
);
const polling = fc.record(
  {
    preset: mostly(fc.constantFrom('frugal', 'balanced', 'eager')),
    timeoutSeconds: mostly(fc.oneof(fc.constantFrom(0, 0.5, 1, 86_400, 86_401), fc.double())),
    maxPolls: mostly(fc.constantFrom(0, 1, MAX_POLLS, MAX_POLLS + 1, 1.5)),
    firstPollDelaySeconds: mostly(fc.constantFrom(0, -0.1, 3600, 3601)),
    holdSeconds: mostly(fc.constantFrom(0, MAX_HOLD_SECONDS, MAX_HOLD_SECONDS + 1)),
    [LONG_NAME]: odd,
  },
  { requiredKeys: [] },
);
const submissions = fc.record(
  {
    taskId: mostly(fc.constantFrom(TASK_ID, 'a', 'x'.repeat(64), 'x'.repeat(65), 'TTSb4705')),
    operation: mostly(fc.constantFrom(...OPERATION_NAMES, 'recognizeimage')),
    submittedAt: mostly(instants),
    correlation: mostly(fc.constantFrom('a', 'x'.repeat(256), 'x'.repeat(257), '')),
    polling: mostly(polling),
    generation: mostly(fc.constantFrom(1, 0, 1_000_000, 1_000_001)),
    recollect: mostly(fc.boolean()),
    [LONG_NAME]: odd,
    baseUrl: fc.constant('https://evil.example'),
  },
  { requiredKeys: ['taskId'] },
);
const inputs = fc.oneof({ weight: 12, arbitrary: submissions }, { weight: 1, arbitrary: odd });

/** Validates by the schema that the EventBridge registry publishes. */
const allowedSubmission = (input: unknown) => faultOf('OCR Task Submitted', anEvent(input)) === undefined;

function refusal(error: unknown): string {
  if (error instanceof Error && error.name === 'InvalidInput') return error.message;
  throw error;
}

function createDoors() {
  const logs = captureLogs();
  const { logger, metrics } = logs;
  const now = () => START;
  const ajv = new Ajv2020.default({ formats: fullFormats, strict: false });
  ajv.addSchema(openApiDocument(), 'openapi');

  const doors: readonly Door[] = [
    {
      name: 'StartExecution',
      toleranceSeconds: 300,
      allows: allowedSubmission,
      async start(input) {
        let acted = false;
        const handler = createFetchResult({
          ports: {
            records: memoryRecords(),
            vendor: {
              async poll() {
                acted = true;
                return { kind: 'Refused', reason: 'ContractViolation', detail: 'enough' };
              },
            },
            ...withoutImages(),
            documents: { bucket: BUCKET, store: async () => ({ results: [], warnings: [] }) },
            now,
            sleep: async () => {},
            random: () => 0,
            isPollingPaused: async () => false,
          },
          polling: { holdSeconds: 120, firstPollDelaySeconds: 0 },
          ...{ logger, metrics, release: () => {} },
        });
        const event = { task: input, executionArn: EXECUTION, startedAt: instantAfter(0) };
        return await handler(event, aContext()).then(
          () => ({ refused: undefined, acted }),
          (error: unknown) => ({ refused: refusal(error), acted }),
        );
      },
    },
    {
      name: 'OCR Task Submitted',
      toleranceSeconds: 0,
      allows: allowedSubmission,
      async start(detail) {
        const { ports, executions } = memoryPorts();
        const refusals: Error[] = [];
        const handler = createStartExecutions({
          ...{ ports, logger },
          refuse: async (_, reason) => void refusals.push(reason),
        });
        expect(await handler(aBatch(anEvent(detail)), aContext())).toEqual({ batchItemFailures: [] });
        const [reason] = refusals;
        return { refused: reason && refusal(reason), acted: executions.size > 0 };
      },
    },
    {
      name: 'POST /tasks',
      toleranceSeconds: 0,
      allows: (input) => ajv.validate('openapi#/components/schemas/StartRequest', input),
      async start(input) {
        const { ports, waiting, executions } = memoryPorts();
        const event = anHttpEvent('POST', '/tasks', { body: JSON.stringify(input) });
        const handler = createTaskApi({ ports, waiting, logger, metrics });
        const { statusCode, body = '' } = await handler(event, aContext());
        const acted = executions.size > 0;
        if (statusCode === 202) return { refused: undefined, acted };
        expect(statusCode).toBe(400);
        return { refused: String(JSON.parse(body).detail), acted };
      },
    },
  ];
  return { doors, logs };
}

const FIELDS =
  /^(input|body|detail|taskId|operation|submittedAt|correlation|generation|recollect|baseUrl|polling(\.\w+)?|(polling\.)?(a name of \d+ characters|[\w-]{1,40})): got .+; allowed: .+$/su;

/** Whether `submittedAt`, if it is an instant, is neither too old nor in the future. */
function isInTime(submittedAt: unknown, toleranceSeconds: number): boolean {
  if (typeof submittedAt !== 'string') return true;
  const age = (START - Date.parse(submittedAt)) / 1000;
  return !(age > 86_400 + toleranceSeconds || age < -300 - toleranceSeconds);
}

/** A record that an earlier collection of the task has left. */
const earlierRecords = fc
  .record({
    generation: fc.constantFrom(1, 2, 999_999, 1_000_000),
    submittedAt: fc.option(fc.integer({ min: -100_000, max: 600 }), { nil: undefined }),
    startedAt: fc.integer({ min: -90_000, max: 0 }),
    outcome: fc.option(fc.constantFrom(...OUTCOME_NAMES), { nil: undefined }),
    namesInUse: fc.constantFrom(0, 1, 3),
  })
  .map(({ generation, submittedAt, startedAt, outcome, namesInUse }) => {
    const input = anInput({
      generation,
      ...(submittedAt !== undefined && { submittedAt: instantAfter(submittedAt) }),
    });
    const record = openRecord(input, { executionArn: EXECUTION, startedAt: START + startedAt * 1000 }, START);
    const completedAt = instantAfter(startedAt + 5);
    return {
      record: outcome === undefined ? record : { ...record, status: outcome, outcome, completedAt },
      namesInUse,
    };
  });

const likelyRequest = {
  taskId: fc.constant(TASK_ID),
  submittedAt: fc.oneof(fc.integer({ min: -90_000, max: 400 }).map(instantAfter), instants),
  correlation: fc.constantFrom('a', 'x'.repeat(256)),
};
const likelyRequests = fc.oneof(
  fc.record(
    { ...likelyRequest, generation: fc.constantFrom(1, 3, 999_999, 1_000_000) },
    { requiredKeys: ['taskId', 'generation'] },
  ),
  fc.record({ ...likelyRequest, recollect: fc.boolean() }, { requiredKeys: ['taskId', 'recollect'] }),
);

/**
 * Expects that every execution that a door starts accepts its input, and that a record is claimed
 * for such an execution only.
 */
export async function expectAcceptedStarts(numRuns: number): Promise<void> {
  const { logger, metrics } = captureLogs();
  let starts = 0;
  await fc.assert(
    fc.asyncProperty(
      likelyRequests,
      fc.option(earlierRecords, { nil: undefined }),
      async (input, earlier) => {
        const memory = memoryPorts(earlier === undefined ? [] : [earlier.record]);
        const { generation: last = 0 } = earlier?.record ?? {};
        for (let used = 1; used <= (earlier?.namesInUse ?? 0); used += 1) {
          memory.executions.set(`${TASK_ID}-${last + used}`, { kind: 'Ended', startedAt: START - 5000 });
        }
        if ('generation' in input) {
          const refused = (error: unknown) =>
            expect(Object(error).name).toMatch(/^(InvalidInput|TaskConflict)$/);
          await createStartExecutions({
            ...{ ports: memory.ports, logger },
            refuse: async (_, reason) => refused(reason),
          })(aBatch(anEvent(input)), aContext());
        } else {
          const event = anHttpEvent('POST', '/tasks', { body: JSON.stringify(input) });
          const { ports, waiting } = memory;
          const handler = createTaskApi({ ports, waiting, logger, metrics });
          const { statusCode } = await handler(event, aContext());
          expect(statusCode).toBeLessThan(500);
        }
        const running = [...memory.executions.values()].filter((execution) => execution.kind === 'Running');
        starts += running.length;
        for (const execution of running) parseExecutionInput(execution.input, execution.startedAt);
        const record = memory.records.get(TASK_ID);
        const executionArns = [
          earlier?.record.executionArn,
          ...running.map(({ executionArn }) => executionArn),
        ];
        expect(executionArns).toContain(record?.executionArn);
        if (running.length > 0) expect(record?.expiresAt).toBeGreaterThanOrEqual(START / 1000);
      },
    ),
    { numRuns, ...reproducible() },
  );
  expect(starts).toBeGreaterThan(numRuns / 10);
}

/** Expects that every door follows its schema, and that errors name the field but no value. */
export async function expectSoundDoors(numRuns: number): Promise<void> {
  const { doors, logs } = createDoors();
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      for (const door of doors) {
        const { refused, acted } = await door.start(input);
        const inTime = isInTime(Object(input).submittedAt, door.toleranceSeconds);
        const accepted = refused === undefined;
        const message = `${door.name}: ${refused}`;
        expect(accepted, message).toBe(door.allows(input) && inTime);
        expect(acted, message).toBe(accepted);
        if (refused === undefined) continue;
        expect(refused).toMatch(FIELDS);
        expect(refused).not.toContain(CANARY);
        expect(refused).toMatch(/^[\x20-\x7e]*$/);
      }
    }),
    { numRuns, ...reproducible() },
  );
  expect(logs.text().includes(CANARY)).toBe(false);
}
