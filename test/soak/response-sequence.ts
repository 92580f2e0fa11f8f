import type { Outcome, Reason } from '../../functions/contracts/outcomes.ts';
import type { FaultyResponse } from '../faults/layers/faulty-courier.ts';
import type { Draw } from './seeded-draw.ts';

/** What a response means for its task: progress, an end, or a kind of fault that is counted. */
export type Meaning =
  | 'Unfinished'
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
 * The number of faults of a kind that end a task, without a response between them that shows
 * progress. Written down independently of the product, from "Outcomes" in
 * docs/design/design.md.
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

const page = { httpStatus: 200, headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' };
const completedWith = (data: string) => ({ taskStatus: 'Completed', results: [{ type: 'Text', data }] });
const truncated = { ...completedWith('AAAA'), fault: 'truncate' } as const;

const faulty = (weight: number, fault: string, meaning: Meaning, response: FaultyResponse) =>
  [weight, { fault, meaning, response }] as const;

const FAULTS: readonly (readonly [weight: number, step: Step])[] = [
  faulty(3, 'HTTP 500', 'Unavailable', text(500)),
  faulty(2, 'HTTP 502', 'Unavailable', text(502)),
  faulty(2, '503 with Retry-After', 'Unavailable', text(503, { 'retry-after': '5' })),
  faulty(3, '429 with Retry-After', 'Unavailable', text(429, { 'retry-after': '20' })),
  faulty(3, 'reset', 'Unavailable', { fault: 'reset' }),
  faulty(3, 'truncated response', 'Unavailable', truncated),
  faulty(2, 'HTML with 200', 'Malformed', page),
  faulty(1, 'data that is not base64', 'Undecodable', completedWith(UNDECODABLE)),
  faulty(2, '401', 'Unauthorized', text(401)),
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
  let isKnownToAspose = false;
  const last = steps.at(-1);
  for (const { meaning } of [...steps, ...(last === undefined ? [] : [last])]) {
    if (meaning === 'Unfinished') {
      counts = {};
      isKnownToAspose = true;
      continue;
    }
    if (meaning === 'Completed') return { outcome: 'Completed' };
    if (meaning === 'Error') return { outcome: 'Failed', reason: 'RecognitionError' };
    if (meaning === 'NotExist' && isKnownToAspose) return { outcome: 'Expired' };
    // A response with undecodable data has the status Completed.
    if (meaning === 'Undecodable') isKnownToAspose = true;
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
