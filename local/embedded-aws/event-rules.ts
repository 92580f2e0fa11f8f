import { z } from 'zod';
import { toAscii } from '../../functions/core/batch/result-lines.ts';
import type { Clock } from '../clock.ts';
import {
  type AsynchronousInvocationOptions,
  invokeAsynchronously,
  MAX_RETRY_ATTEMPTS,
} from './asynchronous-invocation.ts';
import { AwsError } from './aws-error.ts';
import type { DeliveryStream } from './delivery-streams.ts';
import { busNameOf, type EventRule, type EventTarget, scheduledEvent } from './event-bus.ts';
import { compileEventPattern } from './event-pattern.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { S3AndSqs } from './s3-and-sqs.ts';
import type { StateMachine } from './state-machine.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** A target, which receives the whole event or its detail: the schema rejects transformers. */
const targetSchema = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  InputPath: z.literal('$.detail', 'only the whole event, or $.detail for a delivery stream').optional(),
  RoleArn: z.string().optional(),
  DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
  // Ignored: it is for targets that cannot be reached, and local targets always can.
  RetryPolicy: z.object({}).optional(),
});
type Target = z.infer<typeof targetSchema>;

/** Milliseconds of a `rate(…)` expression. */
const rateSchema = z
  .string()
  .regex(/^rate\(\d+ minutes?\)$/, 'only rate(… minutes) is supported')
  .transform((expression) => Number(/\d+/.exec(expression)?.[0]) * 60_000);

const ruleSchema = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: rateSchema.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
});

const destination = z.object({ Destination: z.string() });
const invokeConfigSchema = z.object({
  DestinationConfig: z
    .strictObject({ OnFailure: destination.optional() }, 'only OnFailure is supported')
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
  /** The delivery streams of the stack, by ARN. */
  readonly deliveryStreams: ReadonlyMap<string, DeliveryStream>;
  /** Ends waits for retries. */
  readonly signal: AbortSignal;
}

/** A rule that fires at a rate. */
export interface Schedule {
  readonly everyMilliseconds: number;
  /** Delivers an event to all targets. */
  run(): Promise<void>;
}

/**
 * Reads the enabled rules of the template.
 *
 * @throws UnsupportedError for an unsupported pattern, schedule or target
 */
export function readEventRules(options: EventRulesOptions): {
  readonly rules: readonly EventRule[];
  readonly schedules: readonly Schedule[];
} {
  const { template, clock } = options;
  const rules: EventRule[] = [];
  const schedules: Schedule[] = [];
  for (const resource of template.resources('AWS::Events::Rule')) {
    const { State, EventBusName, EventPattern, ScheduleExpression, Targets } = template.read(
      resource,
      ruleSchema,
    );
    if (State === 'DISABLED') continue;
    const targets = Targets.map((target) => readTarget(options, resource.logicalId, target));
    if (ScheduleExpression === undefined) {
      rules.push({ busName: busNameOf(EventBusName), matches: compileEventPattern(EventPattern), targets });
      continue;
    }
    schedules.push({
      everyMilliseconds: ScheduleExpression,
      async run() {
        const event = scheduledEvent(resource.arn, clock.now());
        await Promise.all(targets.map((deliver) => deliver(event)));
      },
    });
  }
  return { rules, schedules };
}

function readTarget(
  options: EventRulesOptions,
  ruleLogicalId: string,
  { Arn, DeadLetterConfig, InputPath }: Target,
): EventTarget {
  const deliveryStream = options.deliveryStreams.get(Arn);
  if (deliveryStream !== undefined) {
    return (event) =>
      deliveryStream.putRecord(JSON.stringify(InputPath === undefined ? event : event.detail));
  }
  if (InputPath !== undefined) {
    throw new UnsupportedError(
      `${ruleLogicalId}: got the InputPath ${InputPath}; allowed: one for a delivery stream`,
    );
  }
  const sendToDeadLetterQueue = DeadLetterConfig && queueSender(options, DeadLetterConfig.Arn);
  const lambdaFunction = options.functions.get(Arn);
  if (lambdaFunction !== undefined) {
    const invocationOptions = readInvocationOptions(options, lambdaFunction);
    return (event) => invokeAsynchronously(lambdaFunction, event, invocationOptions);
  }
  const stateMachine = options.stateMachines.get(Arn);
  if (stateMachine !== undefined) {
    return async (event) => {
      try {
        stateMachine.startExecution({ input: event });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        await sendToDeadLetterQueue?.(event);
      }
    };
  }
  if (Arn.startsWith('arn:aws:sqs:')) return queueSender(options, Arn);
  throw new UnsupportedError(
    `${ruleLogicalId}: got the target ${Arn}; allowed: functions, state machines, queues and delivery streams of the stack`,
  );
}

/** Returns a function that sends a message, as JSON, to a queue of the stack. */
function queueSender(
  { template, clock, queues }: EventRulesOptions,
  queueArn: string,
): (message: unknown) => Promise<void> {
  const queue = template.resources('AWS::SQS::Queue').find(({ arn }) => arn === queueArn);
  if (queue === undefined) throw new UnsupportedError(`queue: got ${queueArn}; allowed: queues of the stack`);
  // fauxqs refuses characters beyond U+FFFF, such as emoji in a file name. SQS accepts them.
  return (message) => clock.during(queues.sendMessage(queue.name, toAscii(JSON.stringify(message))));
}

/** Reads how events invoke a function: its event invoke configuration and its dead-letter queue. */
function readInvocationOptions(
  options: EventRulesOptions,
  { arn: functionArn }: LambdaFunction,
): AsynchronousInvocationOptions {
  const { template, clock, signal } = options;
  const resource = template.resources('AWS::Lambda::Function').find(({ arn }) => arn === functionArn);
  const configuration = template
    .resources('AWS::Lambda::EventInvokeConfig')
    .map((configResource) => template.read(configResource, invokeConfigSchema))
    .find(({ FunctionName }) => [functionArn, resource?.name].includes(FunctionName));
  const onFailure = configuration?.DestinationConfig.OnFailure?.Destination;
  const deadLetter = resource && template.read(resource, functionSchema).DeadLetterConfig?.TargetArn;
  return {
    clock,
    signal,
    retryAttempts: configuration?.MaximumRetryAttempts ?? MAX_RETRY_ATTEMPTS,
    onFailure: onFailure === undefined ? undefined : queueSender(options, onFailure),
    deadLetter: deadLetter === undefined ? undefined : queueSender(options, deadLetter),
  };
}
