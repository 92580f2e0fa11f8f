import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { invokeAsynchronously, MAX_RETRY_ATTEMPTS } from './asynchronous-invocation.ts';
import { AwsError } from './aws-error.ts';
import { busNameOf, type EventRule } from './event-bus.ts';
import { compileEventPattern } from './event-pattern.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { S3AndSqs } from './s3-and-sqs.ts';
import type { StateMachine } from './state-machine.ts';
import { targetInput, targetInputSchema } from './target-input.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

const targetSchema = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
  // For a target that cannot be reached, which does not happen here.
  RetryPolicy: z.object({}).optional(),
  ...targetInputSchema,
});
type Target = z.infer<typeof targetSchema>;

const ruleSchema = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown(),
  ScheduleExpression: z.never('schedules are not served').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
});

const destination = z.object({ Destination: z.string() });
const invokeConfigSchema = z.object({
  DestinationConfig: z
    .strictObject({ OnFailure: destination.optional() }, 'only OnFailure is served')
    .default({}),
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number().max(MAX_RETRY_ATTEMPTS).default(MAX_RETRY_ATTEMPTS),
});
const functionSchema = z.object({ DeadLetterConfig: z.object({ TargetArn: z.string() }).optional() });

export interface EventRulesOptions {
  readonly template: Template;
  readonly clock: Clock;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly stateMachines: ReadonlyMap<string, StateMachine>;
  readonly queues: Pick<S3AndSqs, 'sendMessage'>;
  /** Ends the waiting for retries. */
  readonly signal: AbortSignal;
}

/**
 * The rules of the template, with targets that deliver.
 *
 * @throws UnsupportedError for a pattern or a target that is not served.
 */
export function readEventRules(options: EventRulesOptions): EventRule[] {
  const { template } = options;
  return template.resources('AWS::Events::Rule').flatMap((resource): EventRule[] => {
    const rule = template.read(resource, ruleSchema);
    if (rule.State === 'DISABLED') return [];
    const deliver = deliveries(options, resource.logicalId);
    return [
      {
        busName: busNameOf(rule.EventBusName),
        matches: compileEventPattern(rule.EventPattern),
        targets: rule.Targets.map(deliver),
      },
    ];
  });
}

function deliveries(
  options: EventRulesOptions,
  ruleLogicalId: string,
): (target: Target) => EventRule['targets'][number] {
  const { functions, stateMachines } = options;
  const sendTo = queueSender(options);
  const invokeOptions = invokeConfigurations(options, sendTo);

  return (target) => {
    const inputOf = targetInput(target);
    const deadLetter = target.DeadLetterConfig && sendTo(target.DeadLetterConfig.Arn);
    const lambdaFunction = functions.get(target.Arn);
    if (lambdaFunction !== undefined) {
      const settings = invokeOptions(lambdaFunction);
      return async (event) => invokeAsynchronously(lambdaFunction, inputOf(event), settings);
    }
    const stateMachine = stateMachines.get(target.Arn);
    if (stateMachine !== undefined) {
      return async (event) => {
        try {
          stateMachine.startExecution({ input: inputOf(event) });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          await deadLetter?.(event);
        }
      };
    }
    if (target.Arn.startsWith('arn:aws:sqs:')) {
      const send = sendTo(target.Arn);
      return async (event) => send(inputOf(event));
    }
    throw new UnsupportedError(
      `${ruleLogicalId} has the target ${target.Arn}; served are functions, state machines and queues of the stack.`,
    );
  };
}

type Send = (message: unknown) => Promise<void>;

function queueSender({ template, clock, queues }: EventRulesOptions): (queueArn: string) => Send {
  const known = template.resources('AWS::SQS::Queue');
  return (queueArn) => {
    const queue = known.find(({ arn }) => arn === queueArn);
    if (queue === undefined) throw new UnsupportedError(`${queueArn} is not a queue of the stack.`);
    return (message) => clock.during(queues.sendMessage(queue.name, JSON.stringify(message)));
  };
}

/** How each function wants to be invoked by events: its event invoke configuration and its dead-letter queue. */
function invokeConfigurations(
  { template, clock, signal }: EventRulesOptions,
  sendTo: (queueArn: string) => Send,
): (lambdaFunction: LambdaFunction) => Parameters<typeof invokeAsynchronously>[2] {
  const configurations = template
    .resources('AWS::Lambda::EventInvokeConfig')
    .map((resource) => template.read(resource, invokeConfigSchema));
  const resources = template.resources('AWS::Lambda::Function');
  return ({ arn: functionArn }) => {
    const resource = resources.find(({ arn }) => arn === functionArn);
    const configuration = configurations.find(({ FunctionName }) =>
      [functionArn, resource?.name].includes(FunctionName),
    );
    const onFailure = configuration?.DestinationConfig.OnFailure?.Destination;
    const deadLetter = resource && template.read(resource, functionSchema).DeadLetterConfig?.TargetArn;
    return {
      clock,
      signal,
      retryAttempts: configuration?.MaximumRetryAttempts ?? MAX_RETRY_ATTEMPTS,
      onFailure: onFailure === undefined ? undefined : sendTo(onFailure),
      deadLetter: deadLetter === undefined ? undefined : sendTo(deadLetter),
    };
  };
}
