import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { EventBuses } from './event-bus.ts';
import { type Execution, statusChangeDetail } from './execution.ts';
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
  /** Told of every execution: of the promise of its end. */
  readonly onStart: (ended: Promise<Execution>) => void;
}

/** The state machines of the stack, by ARN. Every change of an execution's status goes to the default event bus. */
export function createStateMachines({
  template,
  clock,
  functions,
  buses,
  onStart,
}: StateMachinesOptions): Map<string, StateMachine> {
  const engine = loadStateMachineEngine(clock);
  const putEvents = putEventsTask(buses);

  function taskFor(resource: string): Task | undefined {
    if (resource === 'arn:aws:states:::events:putEvents') return putEvents;
    const lambdaFunction = functions.get(resource);
    return lambdaFunction && lambdaTask(lambdaFunction);
  }

  const onStatusChange = (execution: Execution) =>
    buses.putServiceEvent({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [execution.executionArn],
      detail: statusChangeDetail(execution),
    });

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
      onStart,
      onStatusChange,
    });
  });
  return new Map(stateMachines.map((stateMachine) => [stateMachine.arn, stateMachine]));
}
