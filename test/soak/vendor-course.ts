import type { Outcome, Reason } from '../../functions/contracts/outcomes.ts';
import type { FaultyResponse } from '../faults/layers/faulty-courier.ts';
import type { Draw } from './draw.ts';

/** What an answer is to a task: news, an end, or a fault of the kind that is counted. */
export type Meaning =
  | 'Alive'
  | 'Unauthorized'
  | 'Unavailable'
  | 'Malformed'
  | 'Undecodable'
  | 'NotExist'
  | 'Error'
  | 'Completed';

/** One answer of Aspose. */
export interface Step {
  readonly answer: FaultyResponse;
  readonly meaning: Meaning;
  /** Of a fault, as the summary counts it. */
  readonly fault?: string;
}

/** How a task ends. */
export interface End {
  readonly outcome: Outcome;
  readonly reason?: Reason;
}

/** How many faults of a kind, with no news of the task between them, end it; and as what: docs/design.md, "Outcomes". */
const FAULTS_THAT_END = [
  ['Unavailable', 12, { outcome: 'Failed', reason: 'UpstreamUnavailable' }],
  ['Malformed', 3, { outcome: 'Failed', reason: 'ContractViolation' }],
  ['Undecodable', 2, { outcome: 'Failed', reason: 'UndecodableResult' }],
  ['NotExist', 2, { outcome: 'NotFound' }],
] as const satisfies readonly (readonly [Meaning, number, End])[];

const text = (httpStatus: number, headers: Record<string, string> = {}): FaultyResponse => ({
  httpStatus,
  headers,
  body: 'out of order',
});

/** As it is sent, and kept. */
export const UNDECODABLE = 'a b';

const FAULTS: readonly (readonly [number, Step])[] = [
  [3, { fault: 'HTTP 500', meaning: 'Unavailable', answer: text(500) }],
  [2, { fault: 'HTTP 502', meaning: 'Unavailable', answer: text(502) }],
  [2, { fault: '503 with Retry-After', meaning: 'Unavailable', answer: text(503, { 'retry-after': '5' }) }],
  [3, { fault: '429 with Retry-After', meaning: 'Unavailable', answer: text(429, { 'retry-after': '20' }) }],
  [3, { fault: 'reset', meaning: 'Unavailable', answer: { fault: 'reset' } }],
  [
    3,
    {
      fault: 'truncated answer',
      meaning: 'Unavailable',
      answer: { taskStatus: 'Completed', results: [{ type: 'Text', data: 'AAAA' }], fault: 'truncate' },
    },
  ],
  [
    2,
    {
      fault: 'HTML with 200',
      meaning: 'Malformed',
      answer: { httpStatus: 200, headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' },
    },
  ],
  [
    1,
    {
      fault: 'data that is not base64',
      meaning: 'Undecodable',
      answer: { taskStatus: 'Completed', results: [{ type: 'Text', data: UNDECODABLE }] },
    },
  ],
  [2, { fault: '401', meaning: 'Unauthorized', answer: text(401) }],
];

/** More in a row than any task survives: the course need not go on. */
const MOST_FAULTS_IN_A_ROW = 40;

/** The course with faults before any of its answers: each call that is made is a faulty one with that probability. */
export function withFaults(planned: readonly Step[], share: number, draw: Draw): Step[] {
  return planned.flatMap((step) => {
    const faults: Step[] = [];
    while (faults.length < MOST_FAULTS_IN_A_ROW && draw.chance(share)) {
      const fault = draw.weighted(FAULTS);
      // A second one would be the rejection of the credentials.
      if (fault.meaning !== 'Unauthorized' || faults.at(-1)?.meaning !== 'Unauthorized') faults.push(fault);
    }
    return [...faults, step];
  });
}

/** How a task ends that gets each of these answers once, and the last one for ever. */
export function endOf(steps: readonly Step[]): End {
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
    // Its answer has said Completed.
    if (meaning === 'Undecodable') seenAlive = true;
    const count = (counts[meaning] ?? 0) + 1;
    counts = { ...counts, [meaning]: count };
    const ending = FAULTS_THAT_END.find(([kind, limit]) => kind === meaning && count >= limit);
    if (ending !== undefined) return ending[2];
  }
  throw new RangeError('the course does not end');
}

/**
 * How a task may end of whose answers some were lost, as a function that had one was killed or failed before it had
 * written that down: as planned; or by faults that were in a row only without the news that was lost.
 */
export function endsWithLostAnswers(steps: readonly Step[]): End[] {
  const count = (meaning: Meaning) => steps.filter((step) => step.meaning === meaning).length;
  const last = steps.at(-1);
  return [
    endOf(steps),
    ...(last === undefined ? [] : [endOf([last])]),
    ...(last?.meaning === 'NotExist' ? [{ outcome: 'Expired' } as const] : []),
    ...FAULTS_THAT_END.filter(([kind, limit]) => count(kind) >= limit).map(([, , end]) => end),
  ];
}
