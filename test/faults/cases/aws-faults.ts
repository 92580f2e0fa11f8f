import { completed, pending } from '../../support/responses.ts';
import type { AwsFault, AwsInjection } from '../layers/aws-fault-layer.ts';
import { document } from '../layers/faulty-courier.ts';
import type { FaultCase } from './fault-case.ts';

const documents = ['one', 'two', 'three'].map(document);
const responses = [pending, completed(...documents)];
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
const SECRET_ERRORS = [
  [400, 'ThrottlingException'],
  [400, 'AccessDeniedException'],
  [400, 'DecryptionFailure'],
  [500, 'InternalServiceError'],
] as const;
const BREAKS: readonly (readonly [AwsFault, number])[] = [
  [{ kind: 'reset' }, 1],
  [{ kind: 'reset' }, 4],
  [{ kind: 'lost' }, 1],
  [{ kind: 'lost' }, 3],
  [{ kind: 'late', milliseconds: 300 }, 1],
];

const FAULT_NAMES = {
  reset: 'a reset',
  lost: 'a lost response',
  late: 'a late response',
  silence: 'no response',
  kill: 'a kill',
} as const;

function nameOf(fault: AwsFault): string {
  if (fault.kind === 'error') return `${fault.status} ${fault.code}`;
  return `${FAULT_NAMES[fault.kind]}${fault.kind === 'kill' ? ` ${fault.moment} the call` : ''}`;
}

type Place = readonly [name: string, call: Omit<AwsInjection, 'fault' | 'times'>];

const putItem = { service: 'dynamodb', operation: 'PutItem' } as const;
const putObject = (about: string) => ({ service: 's3', operation: 'PutObject', about }) as const;

const READ: Place = ['reading the record', { service: 'dynamodb', operation: 'GetItem' }];
const CLAIM: Place = ['the claim', putItem];
const FIRST_POLL: Place = ['the record of the first poll', { ...putItem, after: 1 }];
const FIRST_DOCUMENT: Place = ['the first document', putObject('0.txt')];
const LAST_DOCUMENT: Place = ['the last document', putObject('2.txt')];
const MANIFEST: Place = ['the manifest', putObject('manifest.json')];
const TERMINAL_RECORD: Place = ['the terminal record', { ...putItem, about: 'completedAt' }];
const SECRET: Place = ['the secret', { service: 'secretsmanager', operation: 'GetSecretValue' }];

/** The writes of a function, in order. */
const WRITES = [CLAIM, FIRST_POLL, FIRST_DOCUMENT, LAST_DOCUMENT, MANIFEST, TERMINAL_RECORD];

function faultAt(row: string, [name, call]: Place, fault: AwsFault, times = 1): FaultCase {
  const repeats = times === Infinity ? ' at every attempt' : times > 1 ? ` ${times} times` : '';
  const error =
    fault.kind === 'error' ? fault.code : fault.kind === 'kill' ? 'Runtime.ExitError' : 'TimeoutError';
  return {
    row,
    when: `${name}: ${nameOf(fault)}${repeats}`,
    responses,
    aws: [{ ...call, fault, times }],
    expected: times === Infinity ? closed(error) : collected,
  };
}

/** Kills at each read and write. The state machine then invokes the function once more. */
export const KILLS: readonly FaultCase[] = [
  ...[READ, ...WRITES].flatMap((place) =>
    (['before', 'after'] as const).flatMap((moment) => [
      faultAt('O2', place, { kind: 'kill', moment }),
      // A terminal record is written once, so this place is reached once.
      ...(place === READ || (place === TERMINAL_RECORD && moment === 'after')
        ? []
        : [faultAt('O2', place, { kind: 'kill', moment }, 3)]),
    ]),
  ),
  faultAt('O2', FIRST_DOCUMENT, { kind: 'kill', moment: 'after' }, Infinity),
  faultAt('O2', MANIFEST, { kind: 'kill', moment: 'before' }, Infinity),
];

/** This many errors exhaust the attempts of the SDK, so that the state machine retries. */
const BEYOND_SDK_RETRIES = 4;

/** Faults of DynamoDB and S3. */
export const AWS_FAULTS: readonly FaultCase[] = [
  ...WRITES.flatMap((place) => BREAKS.map(([fault, times]) => faultAt('O3', place, fault, times))),
  ...DYNAMODB_ERRORS.flatMap(([status, code]) =>
    [READ, TERMINAL_RECORD].map((place) =>
      faultAt('O3', place, { kind: 'error', status, code }, BEYOND_SDK_RETRIES),
    ),
  ),
  ...S3_ERRORS.flatMap(([status, code]) => [
    faultAt('O3', LAST_DOCUMENT, { kind: 'error', status, code }, BEYOND_SDK_RETRIES),
    faultAt('O3', MANIFEST, { kind: 'error', status, code }),
  ]),
  faultAt('O3', FIRST_DOCUMENT, { kind: 'error', status: 403, code: 'AccessDenied' }, Infinity),
  faultAt('O3', LAST_DOCUMENT, { kind: 'error', status: 503, code: 'SlowDown' }, Infinity),
  faultAt('O3', MANIFEST, { kind: 'reset' }, Infinity),
];

/** Faults of Secrets Manager, for functions that hold no token. */
export const SECRET_FAULTS: readonly FaultCase[] = [
  ...SECRET_ERRORS.map(([status, code]) =>
    faultAt('O3', SECRET, { kind: 'error', status, code }, BEYOND_SDK_RETRIES),
  ),
  faultAt('O3', SECRET, { kind: 'reset' }, 4),
  faultAt('O3', SECRET, { kind: 'lost' }),
  faultAt('O3', SECRET, { kind: 'kill', moment: 'after' }),
  {
    // In virtual time, the SDK takes each error for one of a wrong clock, and retries it once.
    ...faultAt('O3', SECRET, { kind: 'error', status: 400, code: 'AccessDeniedException' }, 6),
    expected: { outcome: 'Failed', reason: 'CredentialsUnreadable', attempts: 3, fetches: 0 },
  },
];
