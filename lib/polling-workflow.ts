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
import { type FetchResultEvent, LOST_STATUS, WAITING_STATUSES } from '../functions/contracts/fetch-result.ts';
import { IMAGE_REFUSED_ERROR } from '../functions/contracts/image-event.ts';
import { OUTCOME_NAMES, OUTCOMES, type Outcome } from '../functions/contracts/outcomes.ts';
import type { SubmitImageEvent } from '../functions/contracts/submit-image.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import { imageLifetimeSeconds } from '../functions/core/image-record.ts';
import { RESULT_LIFETIME_SECONDS } from '../functions/core/polling-policy.ts';
import type { UploadPostponed } from '../functions/core/submit-image.ts';
import { acknowledgeBelow, acknowledgeUnscopedServices } from './acknowledgements.ts';
import type { ServiceFunctionDefaults } from './service-function.ts';
import { AWS_FAULT_RETRY, throttleRetry } from './state-retries.ts';
import { SUBMIT_IMAGE_TIMEOUT } from './submit-image-function.ts';
import { vendedLogGroupName } from './unique-name.ts';

export interface PollingWorkflowProps extends ServiceFunctionDefaults {
  /** Polls and stores the result. */
  readonly fetchResult: IFunction;
  /** Timeout of that function. */
  readonly fetchTimeout: Duration;
  /** Submits the image first, and again after a lost task. @default - the input names a task */
  readonly submitImage?: IFunction;
  /** Maximum number of tasks of one execution. @default 1 */
  readonly maxUploads?: number;
  /** Receives the terminal events. */
  readonly bus: EventBus;
  /** Closes the task when a state fails. */
  readonly closeTask: IFunction;
}

/** The errors of an execution that owns no task. */
const REFUSALS = ['InvalidInput', 'TaskConflict', 'ImageConflict'];

/** A retry cannot succeed, because the input or the image itself is wrong. */
const NO_RETRY: RetryProps = { errors: [...REFUSALS, IMAGE_REFUSED_ERROR], maxAttempts: 0 };

/**
 * A task is polled for at most the lifetime of its result. One hour is added for the last
 * invocation and its retries.
 */
const TASK_TIMEOUT = Duration.seconds(RESULT_LIFETIME_SECONDS).plus(Duration.hours(1));

/**
 * Waits until the next upload of an image is due: at most 20 s at first, later 5 minutes. The
 * function knows when it is due, and gives up after an hour of rejections; a pause of polling may
 * take a day.
 */
const POSTPONED_RETRY: RetryProps = {
  errors: ['UploadPostponed' satisfies UploadPostponed['name']],
  interval: Duration.seconds(20),
  backoffRate: 1.5,
  // No more often than retries after throttling with the most uploads (lib/worst-case.ts).
  maxDelay: Duration.minutes(5),
  // A day of 576 waits, and an hour.
  maxAttempts: 600,
  jitterStrategy: JitterType.FULL,
};

/** The payload of `Fetch result` in an execution whose input names a task. */
const TASK_OF_INPUT = {
  task: JsonPath.objectAt('$$.Execution.Input'),
  executionArn: JsonPath.stringAt('$$.Execution.Id'),
  startedAt: JsonPath.stringAt('$$.Execution.StartTime'),
} satisfies Record<Exclude<keyof FetchResultEvent, 'image'>, unknown>;

/** The payload of `Fetch result` after `Submit image`. Clocks start at the end of the upload. */
const TASK_OF_IMAGE = {
  task: JsonPath.objectAt('$.task'),
  image: JsonPath.objectAt('$.image'),
  executionArn: JsonPath.stringAt('$$.Execution.Id'),
  startedAt: JsonPath.stringAt('$.startedAt'),
} satisfies Record<keyof FetchResultEvent, unknown>;

const FAILURES: Readonly<Record<Exclude<Outcome, 'Completed'>, string>> = {
  Failed: 'Task failed',
  Expired: 'Task expired',
  NotFound: 'Task not found',
  TimedOut: 'Task timed out',
  Cancelled: 'Task cancelled',
};

/**
 * A state machine that collects the result of a task. It fetches the result in a wait-and-retry
 * loop keyed on the task's status, publishes the terminal event, and ends with the outcome. With
 * `submitImage`, it first submits an image, and again when Aspose has lost the task.
 *
 * Every state transition is billed, so a completed task passes through only three states: fetch,
 * choose, publish; an image through one more. When one of them fails despite its retries, the
 * execution closes its task or image before it fails.
 */
export class PollingWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: PollingWorkflowProps) {
    super(scope, id);
    const { submitImage, maxUploads = 1 } = props;
    const fetchResult = new LambdaInvoke(this, 'Fetch result', {
      comment: 'Polls Aspose, stores the result and records the outcome',
      lambdaFunction: props.fetchResult,
      payloadResponseOnly: true,
      payload: TaskInput.fromObject(submitImage === undefined ? TASK_OF_INPUT : TASK_OF_IMAGE),
      resultPath: '$.fetch',
      taskTimeout: Timeout.duration(props.fetchTimeout.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false,
    })
      .addRetry(NO_RETRY)
      .addRetry(throttleRetry(maxUploads))
      .addRetry(AWS_FAULT_RETRY);
    const submit = submitImage && this.submit(submitImage, maxUploads);

    const executionFailed = new Fail(this, 'Execution failed', {
      errorPath: '$.Error',
      causePath: '$.Cause',
    });
    const closeTask = this.closeTask(props.closeTask, maxUploads);
    closeTask.addCatch(executionFailed, { resultPath: '$.closing' }).next(executionFailed);
    fetchResult.addCatch(executionFailed, { errors: REFUSALS });
    submit?.addCatch(executionFailed, { errors: REFUSALS });

    const wait = new Wait(this, 'Wait before next poll', {
      time: WaitTime.secondsPath('$.fetch.delaySeconds'),
    });
    const publishCompletion = this.publish('Publish completion', props.bus, '$.fetch.detail');
    const publishFailure = this.publish('Publish failure', props.bus, '$');
    // Without a result path, the error and its cause replace the state's input.
    for (const state of [submit, fetchResult, publishCompletion, publishFailure]) state?.addCatch(closeTask);

    const outcome = new Choice(this, 'Outcome?', {
      comment: 'Only the execution that owns the task has published its event',
    })
      .when(
        Condition.stringEquals('$.fetch.outcome', 'Completed' satisfies Outcome),
        new Succeed(this, 'Collected', { outputPath: '$.fetch.detail' }),
      )
      .otherwise(new Fail(this, 'Unknown outcome', { error: 'OcrTaskUnknownOutcome' }));
    for (const name of OUTCOME_NAMES) {
      if (name === 'Completed') continue;
      const { error } = OUTCOMES[name];
      outcome.when(
        Condition.stringEquals('$.fetch.outcome', name),
        new Fail(this, FAILURES[name], { error, causePath: '$.fetch.cause' }),
      );
    }

    const status = new Choice(this, 'Task status?')
      .when(
        Condition.and(
          Condition.isPresent('$.fetch.outcome'),
          Condition.booleanEquals('$.fetch.publish', true),
          Condition.stringEquals('$.fetch.outcome', 'Completed' satisfies Outcome),
        ),
        publishCompletion,
      )
      .when(
        Condition.and(
          Condition.isPresent('$.fetch.outcome'),
          Condition.booleanEquals('$.fetch.publish', true),
        ),
        publishFailure.next(outcome),
      )
      .when(Condition.isPresent('$.fetch.outcome'), outcome)
      .when(
        Condition.or(
          ...WAITING_STATUSES.map((taskStatus) => Condition.stringEquals('$.fetch.taskStatus', taskStatus)),
        ),
        wait,
      )
      .otherwise(new Fail(this, 'Unknown task status', { error: 'OcrTaskUnknownStatus' }));
    if (submit !== undefined) {
      status.when(Condition.stringEquals('$.fetch.taskStatus', LOST_STATUS), submit);
      submit.next(fetchResult);
    }

    fetchResult.next(status);
    wait.next(fetchResult);

    const logs = new LogGroup(this, 'Logs', {
      logGroupName: vendedLogGroupName(this, 'states'),
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(submit ?? fetchResult),
      stateMachineType: StateMachineType.STANDARD,
      timeout: submitImage === undefined ? TASK_TIMEOUT : Duration.seconds(imageLifetimeSeconds(maxUploads)),
      tracingEnabled: true,
      logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
    });
    const { role } = this.stateMachine;
    acknowledgeUnscopedServices(role);
    for (const invoked of [submitImage, props.fetchResult, props.closeTask]) {
      if (invoked !== undefined)
        acknowledgeBelow(role, invoked, ':*', 'CDK also grants the invocation of its versions');
    }
  }

  private submit(submitImage: IFunction, maxUploads: number): TaskStateBase {
    return new LambdaInvoke(this, 'Submit image', {
      comment: 'Uploads the image to Aspose, unless it has a task that is not lost',
      lambdaFunction: submitImage,
      payloadResponseOnly: true,
      payload: TaskInput.fromObject({
        input: JsonPath.objectAt('$$.Execution.Input'),
        executionArn: JsonPath.stringAt('$$.Execution.Id'),
        executionStartedAt: JsonPath.stringAt('$$.Execution.StartTime'),
      } satisfies Record<keyof SubmitImageEvent, unknown>),
      taskTimeout: Timeout.duration(SUBMIT_IMAGE_TIMEOUT.plus(Duration.seconds(30))),
      retryOnServiceExceptions: false,
    })
      .addRetry(NO_RETRY)
      .addRetry(POSTPONED_RETRY)
      .addRetry(throttleRetry(maxUploads))
      .addRetry(AWS_FAULT_RETRY);
  }

  private closeTask(closeTask: IFunction, maxUploads: number): TaskStateBase {
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
      .addRetry(throttleRetry(maxUploads))
      .addRetry(AWS_FAULT_RETRY);
  }

  private publish(stateId: string, bus: EventBus, outputPath: string): TaskStateBase {
    return new EventBridgePutEvents(this, stateId, {
      entries: [
        {
          eventBus: bus,
          source: EVENT_SOURCE,
          detailType: JsonPath.stringAt('$.fetch.detailType'),
          detail: TaskInput.fromJsonPathAt('$.fetch.detail'),
        },
      ],
      resultPath: JsonPath.DISCARD,
      outputPath,
      taskTimeout: Timeout.duration(Duration.seconds(60)),
    }).addRetry(AWS_FAULT_RETRY);
  }
}
