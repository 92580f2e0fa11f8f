import { AwsError } from '../../local/embedded-aws/aws-error.ts';
import type { RefuseEvents } from '../../local/embedded-aws/event-bus.ts';
import type { Execution } from '../../local/embedded-aws/execution.ts';
import type { AwsCall, AwsFault } from '../faults/layers/aws-fault-layer.ts';
import { drawFor } from './seeded-draw.ts';

/** Share of AWS faults that kill all functions, and so end every running invocation. */
const KILLS_PER_FAULT = 0.004;

/** Share of the status-change events of ended executions that are lost. */
const LOST_STATUS_CHANGES = 0.5;

/** Random faults of AWS, chosen for each call. */
export interface AwsFaults {
  /** Draws a fault for a function's call to AWS. */
  faultOf(call: AwsCall): AwsFault | undefined;
  /** Draws a fault for a PutEvents call of a function or of the state machine. */
  refuseEvents: RefuseEvents;
  /** Draws whether the status-change event of an execution is lost. */
  losesStatusChange: (execution: Pick<Execution, 'name' | 'status'>) => boolean;
  /** Number of calls from functions to AWS. */
  calls(): number;
  /** Number of PutEvents calls. */
  puts(): number;
}

const THROTTLING_ERRORS: Readonly<Record<AwsCall['service'], string>> = {
  dynamodb: 'ProvisionedThroughputExceededException',
  events: 'ThrottlingException',
  s3: 'SlowDown',
  secretsmanager: 'ThrottlingException',
  sqs: 'ThrottlingException',
  states: 'ThrottlingException',
};

/**
 * Draws faults by seed, task, operation and count of calls. The same call therefore gets the same
 * fault in each run with that seed, whatever the order in which tasks run.
 *
 * @param onFault receives the kind of each drawn fault
 */
export function createAwsFaults(seed: number, share: number, onFault: (kind: string) => void): AwsFaults {
  const countBySubject = new Map<string, number>();
  let calls = 0;
  let puts = 0;

  function nextDraw(subject: string) {
    const count = (countBySubject.get(subject) ?? 0) + 1;
    countBySubject.set(subject, count);
    return drawFor(seed, `${subject} ${count}`);
  }
  const taskIdIn = (text: string) => /soak-\d+-\d+(?:-batch)?/.exec(text)?.[0] ?? '';

  return {
    calls: () => calls,
    puts: () => puts,
    faultOf({ service, operation, about }) {
      calls += 1;
      const draw = nextDraw(`${service} ${operation} ${taskIdIn(about)}`);
      if (!draw.chance(share)) return undefined;
      const fault = draw.chance(KILLS_PER_FAULT)
        ? ({ kind: 'kill', moment: draw.chance(0.5) ? 'before' : 'after' } as const)
        : draw.weighted<AwsFault>([
            [2, { kind: 'error', status: service === 's3' ? 503 : 400, code: THROTTLING_ERRORS[service] }],
            [3, { kind: 'error', status: 500, code: 'InternalServerError' }],
            [3, { kind: 'reset' }],
            [2, { kind: 'lost' }],
            [1, { kind: 'late', milliseconds: 50 }],
          ]);
      onFault(`AWS: ${describeFault(fault)}`);
      return fault;
    },
    losesStatusChange({ name, status }) {
      // The running of an execution interests no rule, and the soak finds executions by that event.
      const isLost = status !== 'RUNNING' && drawFor(seed, `status ${name}`).chance(LOST_STATUS_CHANGES);
      if (isLost) onFault('AWS: lost status-change event');
      return isLost;
    },
    refuseEvents(entries) {
      puts += 1;
      const draw = nextDraw(`putEvents ${taskIdIn(entries[0]?.Detail ?? '')}`);
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

function describeFault(fault: AwsFault): string {
  switch (fault.kind) {
    case 'error':
      return fault.status === 500 ? '500' : 'throttled';
    case 'lost':
      return 'response lost after the call was executed';
    case 'late':
      return 'late response';
    case 'kill':
      return 'all functions killed';
    default:
      return fault.kind;
  }
}
