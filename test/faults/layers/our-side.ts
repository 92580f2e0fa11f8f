import type { AwsFaultCase, FaultCase } from '../cases/fault-case.ts';
import type { AwsFault, AwsInjection } from './aws-fault-layer.ts';
import { completed, document } from './faulty-courier.ts';

const pending = { taskStatus: 'Pending' };
const answers = [pending, completed('one', 'two', 'three')];
const documents = ['one', 'two', 'three'].map(document);
const collected = { outcome: 'Completed', documents } as const;
const closed = (error: string) =>
  ({
    outcome: 'Failed',
    reason: 'InternalError',
    leftovers: true,
    execution: { status: 'FAILED', error },
  }) as const;

const DYNAMODB_ERRORS = [
  [400, 'ProvisionedThroughputExceededException'],
  [400, 'ThrottlingException'],
  [400, 'RequestLimitExceeded'],
  [400, 'AccessDeniedException'],
  [400, 'ExpiredTokenException'],
  [400, 'ResourceNotFoundException'],
  [500, 'InternalServerError'],
  [503, 'ServiceUnavailable'],
] as const;
const S3_ERRORS = [
  [400, 'RequestTimeout'],
  [403, 'AccessDenied'],
  [403, 'RequestTimeTooSkewed'],
  [404, 'NoSuchBucket'],
  [500, 'InternalError'],
  [503, 'SlowDown'],
  [503, 'ServiceUnavailable'],
] as const;
const BREAKS: readonly (readonly [AwsFault, number])[] = [
  [{ kind: 'reset' }, 1],
  [{ kind: 'reset' }, 4],
  [{ kind: 'lost' }, 1],
  // All that the SDK tries.
  [{ kind: 'lost' }, 3],
  [{ kind: 'late', milliseconds: 300 }, 1],
];

const named = (fault: AwsFault) =>
  ({
    answer: () => (fault.kind === 'answer' ? `${fault.status} ${fault.code}` : ''),
    reset: () => 'a reset',
    lost: () => 'an answer that is lost',
    late: () => 'a late answer',
    silence: () => 'no answer',
    kill: () => `a kill ${fault.kind === 'kill' ? fault.moment : ''} it`,
  })[fault.kind]();

/** The places where a function writes, in their order, and how many of the same kind go before. */
const PLACES = [
  ['the claim', { service: 'dynamodb', operation: 'PutItem', after: 0 }],
  ['the record of the first poll', { service: 'dynamodb', operation: 'PutItem', after: 1 }],
  ['the first document', { service: 's3', operation: 'PutObject', about: '0.txt' }],
  ['the last document', { service: 's3', operation: 'PutObject', about: '2.txt' }],
  ['the manifest', { service: 's3', operation: 'PutObject', about: 'manifest.json' }],
  ['the terminal record', { service: 'dynamodb', operation: 'PutItem', about: 'completedAt' }],
] as const;

const call = (
  what: string,
  row: string,
  place: Omit<AwsInjection, 'fault' | 'times'>,
  fault: AwsFault,
  times = 1,
  expected: FaultCase['expected'] = collected,
): AwsFaultCase => ({
  row,
  when: `${what}: ${named(fault)}${times === 1 ? '' : `, ${times === Infinity ? 'for ever' : `${times} times`}`}`,
  answers,
  aws: [{ ...place, fault, times }],
  expected,
});

/** Kills at named points: the functions end, and the state machine begins anew. */
export const KILLS: readonly AwsFaultCase[] = [
  call(
    'reading the record',
    'O2',
    { service: 'dynamodb', operation: 'GetItem' },
    { kind: 'kill', moment: 'before' },
  ),
  call(
    'reading the record',
    'O2',
    { service: 'dynamodb', operation: 'GetItem' },
    { kind: 'kill', moment: 'after' },
  ),
  ...PLACES.flatMap(([what, place]) =>
    (['before', 'after'] as const).flatMap((moment) => [
      call(what, 'O2', place, { kind: 'kill', moment }),
      // A terminal record is written once, whatever comes after.
      ...(what === 'the terminal record' && moment === 'after'
        ? []
        : [call(what, 'O2', place, { kind: 'kill', moment }, 3)]),
    ]),
  ),
  call(
    'the first document',
    'O2',
    PLACES[2][1],
    { kind: 'kill', moment: 'after' },
    Infinity,
    closed('Runtime.ExitError'),
  ),
  call(
    'the manifest',
    'O2',
    PLACES[4][1],
    { kind: 'kill', moment: 'before' },
    Infinity,
    closed('Runtime.ExitError'),
  ),
];

/** DynamoDB, S3 and Secrets Manager out of order. */
export const AWS_FAULTS: readonly AwsFaultCase[] = [
  ...PLACES.flatMap(([what, place]) => BREAKS.map(([fault, times]) => call(what, 'O3', place, fault, times))),
  ...DYNAMODB_ERRORS.flatMap(([status, code]) => [
    // Three are what the SDK itself gets over; the fourth is the state machine's.
    call(
      'reading the record',
      'O3',
      { service: 'dynamodb', operation: 'GetItem' },
      { kind: 'answer', status, code },
      4,
    ),
    call('the terminal record', 'O3', PLACES[5][1], { kind: 'answer', status, code }, 4),
  ]),
  ...S3_ERRORS.flatMap(([status, code]) => [
    call('the last document', 'O3', PLACES[3][1], { kind: 'answer', status, code }, 4),
    call('the manifest', 'O3', PLACES[4][1], { kind: 'answer', status, code }),
  ]),
  call(
    'the first document',
    'O3',
    PLACES[2][1],
    { kind: 'answer', status: 403, code: 'AccessDenied' },
    Infinity,
    closed('AccessDenied'),
  ),
  call(
    'the last document',
    'O3',
    PLACES[3][1],
    { kind: 'answer', status: 503, code: 'SlowDown' },
    Infinity,
    closed('SlowDown'),
  ),
  call('the manifest', 'O3', PLACES[4][1], { kind: 'reset' }, Infinity, closed('TimeoutError')),
];

const SECRET = { service: 'secretsmanager', operation: 'GetSecretValue', about: '' } as const;

/** These befall functions that have no token yet. */
export const SECRET_FAULTS: readonly AwsFaultCase[] = [
  ...(
    [
      [400, 'ThrottlingException'],
      [400, 'AccessDeniedException'],
      [400, 'DecryptionFailure'],
      [500, 'InternalServiceError'],
    ] as const
  ).map(([status, code]) => call('the secret', 'O3', SECRET, { kind: 'answer', status, code }, 4)),
  call('the secret', 'O3', SECRET, { kind: 'reset' }, 4),
  call('the secret', 'O3', SECRET, { kind: 'lost' }),
  call('the secret', 'O3', SECRET, { kind: 'kill', moment: 'after' }),
  call(
    'the secret',
    'O3',
    SECRET,
    { kind: 'answer', status: 400, code: 'AccessDeniedException' },
    Infinity,
    closed('AccessDeniedException'),
  ),
];
