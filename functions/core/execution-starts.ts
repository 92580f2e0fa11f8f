import type { Claimant } from './task-record.ts';

/** The execution that has the requested name. */
export type NamedExecution<Input> =
  /** It is running. `isNew` is false when it was running already, with another input. */
  | (Claimant & { readonly kind: 'Running'; readonly input: Input; readonly isNew: boolean })
  /** It has ended. Step Functions keeps its name in use for 90 days. */
  | { readonly kind: 'Ended'; readonly startedAt: number };

/** Starts the executions of one state machine. */
export interface ExecutionStarts<Input> {
  /** Starts an execution, unless the name is in use. */
  start(name: string, input: Input): Promise<NamedExecution<Input>>;
  /** Returns the execution that has the name; undefined when the name is free. */
  find(name: string): Promise<NamedExecution<Input> | undefined>;
}

/** A generation whose execution has ended, so that its name is in use. */
export interface UsedGeneration {
  readonly generation: number;
  readonly startedAt: number;
}

/**
 * Finds the last of the consecutive generations whose executions have ended. The distance doubles
 * until an execution has not ended or a name is free, and is then halved, so that thousands of used
 * names take few calls.
 */
export async function lastUsedGeneration(
  first: UsedGeneration,
  nameOf: (generation: number) => string,
  executions: Pick<ExecutionStarts<unknown>, 'find'>,
): Promise<UsedGeneration> {
  let used = first;
  let distance = 1;
  for (let grows = true; distance >= 1; distance = grows ? distance * 2 : distance / 2) {
    const generation = used.generation + distance;
    const found = await executions.find(nameOf(generation));
    if (found?.kind === 'Ended') used = { generation, startedAt: found.startedAt };
    else grows = false;
  }
  return used;
}
