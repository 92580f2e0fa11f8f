import { AwsError } from '../../local/embedded-aws/aws-error.ts';
import type { PutEventsRefusal } from '../../local/embedded-aws/event-bus.ts';
import type { AwsCall, AwsFault } from '../faults/layers/aws-fault-layer.ts';
import { drawFor } from './draw.ts';

/** Of the faulty calls, so many kill all functions: each costs every task that is being polled its invocation. */
const KILLS_PER_FAULT = 0.004;

/** What AWS gets wrong. */
export interface AwsFaults {
  /** For calls of functions. */
  faultOf(call: AwsCall): AwsFault | undefined;
  /** For what is put on a bus, by functions and by the state machine. */
  refuseEvents: PutEventsRefusal;
  /** Calls that a function made to AWS. */
  calls(): number;
  /** Events that were put on a bus. */
  puts(): number;
}

const THROTTLED: Readonly<Record<AwsCall['service'], string>> = {
  dynamodb: 'ProvisionedThroughputExceededException',
  events: 'ThrottlingException',
  s3: 'SlowDown',
  secretsmanager: 'ThrottlingException',
  sqs: 'ThrottlingException',
  states: 'ThrottlingException',
};

/**
 * Draws a fault for each call: the n-th call of an operation about a task gets the same in each run with that seed,
 * in whatever order tasks get their turn.
 *
 * @param onFault told of each, by its kind
 */
export function drawAwsFaults(seed: number, share: number, onFault: (kind: string) => void): AwsFaults {
  const callsOf = new Map<string, number>();
  let calls = 0;
  let puts = 0;

  function nextDraw(subject: string) {
    const count = (callsOf.get(subject) ?? 0) + 1;
    callsOf.set(subject, count);
    return drawFor(seed, `${subject} ${count}`);
  }
  const taskOf = (text: string) => /soak-\d+-\d+/.exec(text)?.[0] ?? '';

  return {
    calls: () => calls,
    puts: () => puts,
    faultOf({ service, operation, about }) {
      calls += 1;
      const draw = nextDraw(`${service} ${operation} ${taskOf(about)}`);
      if (!draw.chance(share)) return undefined;
      const fault = draw.chance(KILLS_PER_FAULT)
        ? ({ kind: 'kill', moment: draw.chance(0.5) ? 'before' : 'after' } as const)
        : draw.weighted<AwsFault>([
            [2, { kind: 'error', status: service === 's3' ? 503 : 400, code: THROTTLED[service] }],
            [3, { kind: 'error', status: 500, code: 'InternalServerError' }],
            [3, { kind: 'reset' }],
            [2, { kind: 'lost' }],
            [1, { kind: 'late', milliseconds: 50 }],
          ]);
      onFault(`AWS: ${nameOf(fault)}`);
      return fault;
    },
    refuseEvents(entries) {
      puts += 1;
      const draw = nextDraw(`putEvents ${taskOf(entries[0]?.Detail ?? '')}`);
      if (!draw.chance(share)) return undefined;
      if (draw.chance(0.5)) {
        onFault('AWS: PutEvents throttled');
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      }
      onFault('AWS: failed PutEvents entry');
      const failed = { ErrorCode: 'InternalFailure', ErrorMessage: 'An internal failure has occurred.' };
      return { FailedEntryCount: entries.length, Entries: entries.map(() => failed) };
    },
  };
}

function nameOf(fault: AwsFault): string {
  switch (fault.kind) {
    case 'error':
      return fault.status === 500 ? '500' : 'throttled';
    case 'lost':
      return 'answer lost after the call was carried out';
    case 'late':
      return 'late answer';
    case 'kill':
      return 'all functions killed';
    default:
      return fault.kind;
  }
}
