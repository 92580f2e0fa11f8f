import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { EventBuses } from './event-bus.ts';
import { type Execution, statusChangeDetail } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Task } from './run-execution.ts';
import { createStateMachine, type StateMachine } from './state-machine.ts';
import { loadStateMachineEngine } from './state-machine-engine.ts';
import { lambdaTask, putEventsTask } from './task-integrations.ts';
import type { Template } from './template.ts';

/** What the embedded AWS obeys of a state machine; the rest is logging and tracing. */
const stateMachineSchema = z.object({
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionS3Location: z.never('a definition in S3 is not served').optional(),
  DefinitionString: z.string().optional(),
  DefinitionSubstitutions: z.never('substitutions are not served').optional(),
  RoleArn: z.string(),
  StateMachineType: z.literal('STANDARD', 'only STANDARD is served').default('STANDARD'),
});

export interface StateMachinesOptions {
  readonly template: Template;
  readonly clock: Clock;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly buses: EventBuses;
  /** Told of all that goes on by itself: executions, and what their ends set off. */
  readonly onWork: (work: Promise<unknown>) => void;
  /** Where executions outlive the process, if they do. */
  readonly store: ExecutionStore | undefined;
  /** Once it is aborted, what ends was cut off: in the store it still runs. */
  readonly closing: AbortSignal;
}

/** The state machines of the stack, by ARN. Every change of an execution's status goes to the default event bus. */
export function createStateMachines({
  template,
  clock,
  functions,
  buses,
  onWork,
  store,
  closing,
}: StateMachinesOptions): Map<string, StateMachine> {
  const engine = loadStateMachineEngine(clock);
  const putEvents = putEventsTask(buses);

  function taskFor(resource: string): Task | undefined {
    if (resource === 'arn:aws:states:::events:putEvents') return putEvents;
    const lambdaFunction = functions.get(resource);
    return lambdaFunction && lambdaTask(lambdaFunction);
  }

  function onStatusChange(execution: Execution): void {
    const isRunning = execution.status === 'RUNNING';
    if (isRunning) store?.started(execution);
    const delivered = buses.putServiceEvent({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [execution.executionArn],
      detail: statusChangeDetail(execution),
    });
    if (isRunning || store === undefined) return;
    // Not before: an end whose event is lost with the process comes again with the execution.
    onWork(
      delivered.then(() => {
        if (!closing.aborted) store.ended(execution);
      }),
    );
  }

  const stateMachines = template.resources('AWS::StepFunctions::StateMachine').map((resource) => {
    const {
      Definition,
      DefinitionString = '{}',
      RoleArn: roleArn,
    } = template.read(resource, stateMachineSchema);
    const definition: unknown = Definition ?? JSON.parse(DefinitionString);
    const { arn, name } = resource;
    return createStateMachine({
      arn,
      name,
      roleArn,
      definition,
      engine,
      clock,
      taskFor,
      onStart: onWork,
      onStatusChange,
    });
  });
  return new Map(stateMachines.map((stateMachine) => [stateMachine.arn, stateMachine]));
}
