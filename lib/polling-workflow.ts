import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  type RetryProps,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { EventBridgePutEvents, LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { CloseRequest } from '../functions/contracts/close-task.ts';
import { WAITING_STATUSES } from '../functions/contracts/fetch-result.ts';
import { OUTCOME_NAMES, OUTCOMES, type Outcome } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import { RESULT_LIFETIME_SECONDS } from '../functions/core/polling-policy.ts';
import { acknowledgeBelow, acknowledgeUnscopedServices } from './acknowledgements.ts';
import { FetchResultFunction, type FetchResultFunctionProps } from './fetch-result-function.ts';
import { vendedLogGroupName } from './unique-name.ts';

export interface PollingWorkflowProps extends FetchResultFunctionProps {
  /** Receives the terminal events. */
  readonly bus: EventBus;
  /** Closes the task when a state fails. */
  readonly closeTask: IFunction;
}

/** The errors of an execution that owns no task. */
const REFUSALS = ['InvalidInput', 'TaskConflict'];

/** A retry cannot succeed, because the input itself is wrong. */
const NO_RETRY: RetryProps = { errors: REFUSALS, maxAttempts: 0 };

/**
 * Retries after faults of AWS and our own bugs. The waits are at most 2 + 4 + 8 + 16 + 32 + 64 s:
 * about two minutes, and one minute on average.
 */
const AWS_FAULT_RETRY: RetryProps = {
  errors: ['States.TaskFailed', 'States.Timeout'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/** Backoff of invocations that Lambda throttles: up to 2 s, doubling up to one minute. */
export const THROTTLE_BACKOFF = {
  intervalSeconds: 2,
  rate: 2,
  maxDelaySeconds: 60,
  maxAttempts: 1440,
} as const;

/**
 * Retries throttled invocations for about twelve hours, so that a burst above Lambda's concurrency
 * loses no task.
 */
const THROTTLE_RETRY: RetryProps = {
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(THROTTLE_BACKOFF.intervalSeconds),
  backoffRate: THROTTLE_BACKOFF.rate,
  maxDelay: Duration.seconds(THROTTLE_BACKOFF.maxDelaySeconds),
  maxAttempts: THROTTLE_BACKOFF.maxAttempts,
  jitterStrategy: JitterType.FULL,
};

/**
 * A task is polled for at most the lifetime of its result. One hour is added for the last
 * invocation and its retries.
 */
const EXECUTION_TIMEOUT = Duration.seconds(RESULT_LIFETIME_SECONDS).plus(Duration.hours(1));

const FAILURES: Readonly<Record<Exclude<Outcome, 'Completed'>, string>> = {
  Failed: 'Task failed',
  Expired: 'Task expired',
  NotFound: 'Task not found',
  TimedOut: 'Task timed out',
  Cancelled: 'Task cancelled',
};

/**
 * The state machine. It fetches the result in a wait-and-retry loop keyed on the task's status,
 * publishes the terminal event, and ends with the outcome.
 *
 * Every state transition is billed, so a completed task passes through only three states: fetch,
 * choose, publish. When one of them fails despite its retries, the execution closes its task before
 * it fails.
 */
export class PollingWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly fetchResult: FetchResultFunction;

  constructor(scope: Construct, id: string, props: PollingWorkflowProps) {
    super(scope, id);
    this.fetchResult = new FetchResultFunction(this, 'FetchResult', props);

    const fetchResult = new LambdaInvoke(this, 'Fetch result', {
      comment: 'Polls Aspose, stores the result and records the outcome',
      lambdaFunction: this.fetchResult,
      payloadResponseOnly: true,
      payload: TaskInput.fromObject({
        input: JsonPath.objectAt('$$.Execution.Input'),
        executionArn: JsonPath.stringAt('$$.Execution.Id'),
        executionStartedAt: JsonPath.stringAt('$$.Execution.StartTime'),
      }),
      taskTimeout: Timeout.duration(props.timeout.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false,
    })
      .addRetry(NO_RETRY)
      .addRetry(THROTTLE_RETRY)
      .addRetry(AWS_FAULT_RETRY);

    const executionFailed = new Fail(this, 'Execution failed', {
      errorPath: '$.Error',
      causePath: '$.Cause',
    });
    const closeTask = this.closeTask(props.closeTask).addCatch(executionFailed, { resultPath: '$.closing' });
    closeTask.next(executionFailed);
    fetchResult.addCatch(executionFailed, { errors: REFUSALS });

    const wait = new Wait(this, 'Wait before next poll', { time: WaitTime.secondsPath('$.delaySeconds') });
    const publishCompletion = this.publish('Publish completion', props.bus, '$.detail');
    const publishFailure = this.publish('Publish failure', props.bus, '$');
    // Without a result path, the error and its cause replace the state's input.
    for (const state of [fetchResult, publishCompletion, publishFailure]) state.addCatch(closeTask);

    const outcome = new Choice(this, 'Outcome?', {
      comment: 'Only the execution that owns the task has published its event',
    })
      .when(
        Condition.stringEquals('$.outcome', 'Completed' satisfies Outcome),
        new Succeed(this, 'Collected', { outputPath: '$.detail' }),
      )
      .otherwise(new Fail(this, 'Unknown outcome', { error: 'OcrTaskUnknownOutcome' }));
    for (const name of OUTCOME_NAMES) {
      if (name === 'Completed') continue;
      const { error } = OUTCOMES[name];
      outcome.when(
        Condition.stringEquals('$.outcome', name),
        new Fail(this, FAILURES[name], { error, causePath: '$.cause' }),
      );
    }

    const status = new Choice(this, 'Task status?')
      .when(
        Condition.and(
          Condition.isPresent('$.outcome'),
          Condition.booleanEquals('$.publish', true),
          Condition.stringEquals('$.outcome', 'Completed' satisfies Outcome),
        ),
        publishCompletion,
      )
      .when(
        Condition.and(Condition.isPresent('$.outcome'), Condition.booleanEquals('$.publish', true)),
        publishFailure.next(outcome),
      )
      .when(Condition.isPresent('$.outcome'), outcome)
      .when(
        Condition.or(
          ...WAITING_STATUSES.map((taskStatus) => Condition.stringEquals('$.taskStatus', taskStatus)),
        ),
        wait,
      )
      .otherwise(new Fail(this, 'Unknown task status', { error: 'OcrTaskUnknownStatus' }));

    fetchResult.next(status);
    wait.next(fetchResult);

    const logs = new LogGroup(this, 'Logs', {
      logGroupName: vendedLogGroupName(this, 'states'),
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(fetchResult),
      stateMachineType: StateMachineType.STANDARD,
      timeout: EXECUTION_TIMEOUT,
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
    });
    const { role } = this.stateMachine;
    acknowledgeUnscopedServices(role);
    for (const invoked of [this.fetchResult, props.closeTask]) {
      acknowledgeBelow(role, invoked, ':*', 'CDK also grants the invocation of its versions');
    }
  }

  private closeTask(closeTask: IFunction): TaskStateBase {
    return new LambdaInvoke(this, 'Close task', {
      comment: 'Records and publishes that the execution failed',
      lambdaFunction: closeTask,
      payloadResponseOnly: true,
      payload: TaskInput.fromObject({
        executionArn: JsonPath.stringAt('$$.Execution.Id'),
        executionStartedAt: JsonPath.stringAt('$$.Execution.StartTime'),
        input: JsonPath.objectAt('$$.Execution.Input'),
        error: JsonPath.stringAt('$.Error'),
      } satisfies Record<keyof CloseRequest, unknown>),
      resultPath: JsonPath.DISCARD,
      taskTimeout: Timeout.duration(Duration.seconds(60)),
      retryOnServiceExceptions: false,
    })
      .addRetry(THROTTLE_RETRY)
      .addRetry(AWS_FAULT_RETRY);
  }

  private publish(stateId: string, bus: EventBus, outputPath: string): TaskStateBase {
    return new EventBridgePutEvents(this, stateId, {
      entries: [
        {
          eventBus: bus,
          source: EVENT_SOURCE,
          detailType: JsonPath.stringAt('$.detailType'),
          detail: TaskInput.fromJsonPathAt('$.detail'),
        },
      ],
      resultPath: JsonPath.DISCARD,
      outputPath,
      taskTimeout: Timeout.duration(Duration.seconds(60)),
    }).addRetry(AWS_FAULT_RETRY);
  }
}
