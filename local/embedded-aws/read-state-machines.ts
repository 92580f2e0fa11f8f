import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ReadObject } from './distributed-map.ts';
import type { EventBuses } from './event-bus.ts';
import { type Execution, statusChangeDetail } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { TaskStateHandler } from './run-execution.ts';
import { createStateMachine, type StateMachine } from './state-machine.ts';
import { loadStateMachineEngine } from './state-machine-engine.ts';
import { lambdaTask, putEventsTask } from './task-integrations.ts';
import type { Template } from './template.ts';

/** The properties that the embedded AWS uses. The others are logging and tracing. */
const stateMachineSchema = z.object({
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionS3Location: z.never('a definition in S3 is not supported').optional(),
  DefinitionString: z.string().optional(),
  DefinitionSubstitutions: z.never('substitutions are not supported').optional(),
  RoleArn: z.string(),
  StateMachineType: z.literal('STANDARD', 'only STANDARD is supported').default('STANDARD'),
});

export interface StateMachinesOptions {
  readonly template: Template;
  readonly clock: Clock;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly buses: EventBuses;
  readonly readObject: ReadObject;
  /** Receives background work: executions, and the deliveries of their events. */
  readonly onWork: (work: Promise<unknown>) => void;
  /** Whether the status-change event of an execution is lost. */
  readonly losesStatusChange: (execution: Execution) => boolean;
  /** Persists executions. Undefined when they are in memory only. */
  readonly store: ExecutionStore | undefined;
  /** Aborted when the stack closes. Executions that end later were cut off and are not stored. */
  readonly closing: AbortSignal;
}

/** Reads the state machines, by ARN. Status changes of executions go to the default bus. */
export function readStateMachines({
  template,
  clock,
  functions,
  buses,
  readObject,
  onWork,
  losesStatusChange,
  store,
  closing,
}: StateMachinesOptions): Map<string, StateMachine> {
  const engine = loadStateMachineEngine(clock);
  const putEvents = putEventsTask(buses);

  function taskFor(resource: string): TaskStateHandler | undefined {
    if (resource === 'arn:aws:states:::events:putEvents') return putEvents;
    const lambdaFunction = functions.get(resource);
    return lambdaFunction && lambdaTask(lambdaFunction);
  }

  function onStatusChange(execution: Execution): void {
    const isRunning = execution.status === 'RUNNING';
    if (isRunning) store?.started(execution);
    const delivered = losesStatusChange(execution)
      ? Promise.resolve()
      : buses.putServiceEvent({
          source: 'aws.states',
          'detail-type': 'Step Functions Execution Status Change',
          resources: [execution.executionArn],
          detail: statusChangeDetail(execution),
        });
    if (isRunning || store === undefined) return;
    // The end is stored after the delivery. If the process ends first, the next one restarts the
    // execution, and its event is delivered then.
    onWork(
      delivered.then(() => {
        if (!closing.aborted) store.ended(execution);
      }),
    );
  }

  const stateMachines = template.resources('AWS::StepFunctions::StateMachine').map((resource) => {
    const { Definition, DefinitionString = '{}', RoleArn } = template.read(resource, stateMachineSchema);
    return createStateMachine({
      arn: resource.arn,
      name: resource.name,
      roleArn: RoleArn,
      definition: Definition ?? JSON.parse(DefinitionString),
      engine,
      clock,
      taskFor,
      readObject,
      onStart: onWork,
      onStatusChange,
    });
  });
  return new Map(stateMachines.map((stateMachine) => [stateMachine.arn, stateMachine]));
}
