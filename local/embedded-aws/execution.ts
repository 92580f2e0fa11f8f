export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An event in the history of an execution. */
export interface HistoryEvent {
  readonly type: 'StateEntered' | 'StateExited' | 'StateFailed' | 'StateRetried' | 'StateCaught';
  readonly timestamp: Date;
  readonly state: string;
  /** The input with which the state was entered. */
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** An execution with its history. Input and output are parsed. */
export interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input: unknown;
  /** Set when the execution succeeded. */
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly history: readonly HistoryEvent[];
}

/** Larger inputs and outputs are omitted from events (source: the Step Functions guide). */
const MAX_EVENT_DATA_BYTES = 248 * 1024;

/** The detail of a "Step Functions Execution Status Change" event, as documented by AWS. */
export function statusChangeDetail(execution: Execution): object {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, error, cause } = execution;
  const input = JSON.stringify(execution.input);
  const output = status === 'SUCCEEDED' ? JSON.stringify(execution.output) : undefined;
  const escapedBytes = (text: string | undefined) =>
    text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text));
  const outputIncluded = escapedBytes(output) <= MAX_EVENT_DATA_BYTES;
  const inputIncluded = escapedBytes(input) + escapedBytes(output) <= MAX_EVENT_DATA_BYTES;
  const redrivable = status !== 'RUNNING' && status !== 'SUCCEEDED';
  return {
    executionArn,
    stateMachineArn,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name,
    status,
    startDate: startDate.getTime(),
    stopDate: stopDate?.getTime() ?? null,
    input: inputIncluded ? input : null,
    inputDetails: { included: inputIncluded },
    output: outputIncluded ? (output ?? null) : null,
    outputDetails: output === undefined ? null : { included: outputIncluded },
    error: error ?? null,
    cause: cause ?? null,
    redriveCount: 0,
    redriveDate: null,
    redriveStatus: redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: redrivable ? null : `Execution is ${status} and cannot be redriven`,
  };
}
