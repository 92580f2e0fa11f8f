import type { Outcome, Reason } from '../../functions/contracts/outcomes.ts';
import type { FaultyResponse } from '../faults/layers/faulty-courier.ts';
import type { Draw } from './seeded-draw.ts';

/** What a response means for its task: progress, an end, or a kind of fault that is counted. */
export type Meaning =
  | 'Alive'
  | 'Unauthorized'
  | 'Unavailable'
  | 'Malformed'
  | 'Undecodable'
  | 'NotExist'
  | 'Error'
  | 'Completed';

/** One response of Aspose. */
export interface Step {
  readonly response: FaultyResponse;
  readonly meaning: Meaning;
  /** Names the fault in the report. Undefined for a response without a fault. */
  readonly fault?: string;
}

/** How a task ends. */
export interface TaskEnd {
  readonly outcome: Outcome;
  readonly reason?: Reason;
}

/**
 * The number of faults of a kind that end a task when no other news of it comes between them.
 * Written down independently of the product, from "Outcomes" in docs/design/design.md.
 */
const FAULT_LIMITS = [
  ['Unavailable', 12, { outcome: 'Failed', reason: 'UpstreamUnavailable' }],
  ['Malformed', 3, { outcome: 'Failed', reason: 'ContractViolation' }],
  ['Undecodable', 2, { outcome: 'Failed', reason: 'UndecodableResult' }],
  ['NotExist', 2, { outcome: 'NotFound' }],
] as const satisfies readonly (readonly [Meaning, number, TaskEnd])[];

const text = (httpStatus: number, headers: Record<string, string> = {}): FaultyResponse => ({
  httpStatus,
  headers,
  body: 'out of order',
});

/** Result data that is not base64. */
export const UNDECODABLE = 'a b';

const FAULTS: readonly (readonly [weight: number, step: Step])[] = [
  [3, { fault: 'HTTP 500', meaning: 'Unavailable', response: text(500) }],
  [2, { fault: 'HTTP 502', meaning: 'Unavailable', response: text(502) }],
  [2, { fault: '503 with Retry-After', meaning: 'Unavailable', response: text(503, { 'retry-after': '5' }) }],
  [
    3,
    { fault: '429 with Retry-After', meaning: 'Unavailable', response: text(429, { 'retry-after': '20' }) },
  ],
  [3, { fault: 'reset', meaning: 'Unavailable', response: { fault: 'reset' } }],
  [
    3,
    {
      fault: 'truncated response',
      meaning: 'Unavailable',
      response: { taskStatus: 'Completed', results: [{ type: 'Text', data: 'AAAA' }], fault: 'truncate' },
    },
  ],
  [
    2,
    {
      fault: 'HTML with 200',
      meaning: 'Malformed',
      response: { httpStatus: 200, headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' },
    },
  ],
  [
    1,
    {
      fault: 'data that is not base64',
      meaning: 'Undecodable',
      response: { taskStatus: 'Completed', results: [{ type: 'Text', data: UNDECODABLE }] },
    },
  ],
  [2, { fault: '401', meaning: 'Unauthorized', response: text(401) }],
];

/** No task survives as many consecutive faults, so a sequence needs no more. */
const MAX_CONSECUTIVE_FAULTS = 40;

/** Inserts faults before the planned responses, so that this share of all responses is faulty. */
export function withFaults(planned: readonly Step[], share: number, draw: Draw): Step[] {
  return planned.flatMap((step) => {
    const faults: Step[] = [];
    while (faults.length < MAX_CONSECUTIVE_FAULTS && draw.chance(share)) {
      const fault = draw.weighted(FAULTS);
      // Two consecutive 401 responses would mean that Aspose rejects the credentials.
      if (fault.meaning !== 'Unauthorized' || faults.at(-1)?.meaning !== 'Unauthorized') faults.push(fault);
    }
    return [...faults, step];
  });
}

/** The end of a task that gets each response once, and the last one from then on. */
export function endAfter(steps: readonly Step[]): TaskEnd {
  let counts: Partial<Record<Meaning, number>> = {};
  let seenAlive = false;
  const last = steps.at(-1);
  for (const { meaning } of [...steps, ...(last === undefined ? [] : [last])]) {
    if (meaning === 'Alive') {
      counts = {};
      seenAlive = true;
      continue;
    }
    if (meaning === 'Completed') return { outcome: 'Completed' };
    if (meaning === 'Error') return { outcome: 'Failed', reason: 'RecognitionError' };
    if (meaning === 'NotExist' && seenAlive) return { outcome: 'Expired' };
    // A response with undecodable data has the status Completed.
    if (meaning === 'Undecodable') seenAlive = true;
    const count = (counts[meaning] ?? 0) + 1;
    counts = { ...counts, [meaning]: count };
    const limit = FAULT_LIMITS.find(([kind, faults]) => kind === meaning && count >= faults);
    if (limit !== undefined) return limit[2];
  }
  throw new RangeError('steps: got no end; allowed: a sequence that ends the task');
}

/**
 * The ends of a task when a function failed before it recorded a response. The loss of a response
 * can make the faults before and after it consecutive.
 */
export function endsAfterLostResponses(steps: readonly Step[]): TaskEnd[] {
  const count = (meaning: Meaning) => steps.filter((step) => step.meaning === meaning).length;
  const last = steps.at(-1);
  return [
    endAfter(steps),
    ...(last === undefined ? [] : [endAfter([last])]),
    ...(last?.meaning === 'NotExist' ? [{ outcome: 'Expired' } as const] : []),
    ...FAULT_LIMITS.filter(([kind, limit]) => count(kind) >= limit).map(([, , end]) => end),
  ];
}
