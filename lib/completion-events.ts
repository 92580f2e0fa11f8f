import { Duration } from 'aws-cdk-lib';
import {
  Archive,
  EventBus,
  type EventPattern,
  type OnEventOptions,
  Rule,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { OUTCOMES, type Outcome } from '../functions/contracts/outcomes.ts';
import { EVENT_SOURCE } from '../functions/contracts/task-event.ts';
import { acknowledgeExecutions } from './acknowledgements.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { EventSchemas } from './event-schemas.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';
import { uniqueName } from './unique-name.ts';

/** EventBridge's limit, in characters. */
const MAX_BUS_NAME_LENGTH = 256;

export interface CompletionEventsProps extends ServiceFunctionDefaults {
  readonly storage: ResultStorage;
  /** How long the archive keeps terminal events. */
  readonly eventRetention: Duration;
  /** The dimension `service` of its metrics. */
  readonly metricsService: string;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
}

/** How often the sweep runs. Leases last 15 minutes, so a task is closed within half an hour. */
const SWEEP_INTERVAL = Duration.minutes(15);

/** The pattern of status-change events of executions that did not end by themselves. */
export function abnormalEndsOf(stateMachines: readonly IStateMachine[]): EventPattern {
  return {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: {
      stateMachineArn: stateMachines.map(({ stateMachineArn }) => stateMachineArn),
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
    },
  };
}

/**
 * The bus for terminal events, and the function that publishes the event of an execution that ended
 * abnormally.
 */
export class CompletionEvents extends Construct {
  readonly bus: EventBus;
  readonly closeTask: ServiceFunction;
  /** Ended executions whose task `close-task` could not close. */
  readonly unclosedTasks: DeadLetterQueue;
  /**
   * Disabled mapping that sends unclosed tasks to `close-task` again while an operator enables it.
   */
  readonly redrive: EventSourceMapping;

  constructor(scope: Construct, id: string, props: CompletionEventsProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: uniqueName(this, MAX_BUS_NAME_LENGTH),
      description: 'Events of OCR tasks',
    });
    // Events that start collections are not archived: a replay would start nothing, because each
    // was handled.
    new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      description: 'Terminal events of OCR tasks',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: props.eventRetention,
    });
    new EventSchemas(this, 'Schemas');
    this.unclosedTasks = new DeadLetterQueue(this, 'UnclosedTasks');
    this.closeTask = this.closeTaskFunction(props);
    this.redrive = this.unclosedTasks.redriveTo(this.closeTask);
  }

  /** Adds a rule for the terminal events of these outcomes. */
  onOutcome(scope: Construct, id: string, outcomes: readonly Outcome[], options: OnEventOptions): Rule {
    const detailTypes = outcomes.map((outcome) => OUTCOMES[outcome].detailType);
    return this.onDetailType(scope, id, detailTypes, options);
  }

  /** Adds a rule for events of the courier. */
  onDetailType(scope: Construct, id: string, detailTypes: readonly string[], options: OnEventOptions): Rule {
    const { target, crossStackScope, ...ruleProps } = options;
    const rule = new Rule(crossStackScope ?? scope, id, { ...ruleProps, eventBus: this.bus });
    rule.addEventPattern({
      source: [EVENT_SOURCE],
      detailType: [...detailTypes],
    });
    rule.addTarget(target);
    return rule;
  }

  /**
   * Closes the task or image of every execution that fails, times out or is stopped: on its
   * status-change event, and in a sweep if that event does not arrive. The sweep also meets tasks
   * and images that executions of `collectBatch` own.
   */
  closeAbnormalEnds(stateMachines: readonly IStateMachine[], collectBatch: IStateMachine): void {
    const target = new LambdaFunction(this.closeTask, { deadLetterQueue: this.unclosedTasks });
    new Rule(this, 'AbnormalEnds', {
      description: 'Closes the task of an execution that failed, timed out or was stopped',
      eventPattern: abnormalEndsOf(stateMachines),
      targets: [target],
    });
    new Rule(this, 'Sweep', {
      description: 'Closes the tasks of ended executions whose status-change event did not arrive',
      schedule: Schedule.rate(SWEEP_INTERVAL),
      targets: [target],
    });
    // Not the role's default policy, on which the function depends: the state machine depends on
    // the function.
    const describe = new Policy(this, 'DescribeExecutions', { roles: [this.closeTask.serviceRole] });
    for (const stateMachine of [...stateMachines, collectBatch]) {
      stateMachine.grantExecution(describe, 'states:DescribeExecution');
      acknowledgeExecutions(describe, stateMachine);
    }
  }

  private closeTaskFunction(props: CompletionEventsProps): ServiceFunction {
    const { storage, metricsService, maxUploads, logRetention, removalPolicy } = props;
    const closeTask = new ServiceFunction(this, 'CloseTask', {
      description: 'Closes the tasks of executions that failed, timed out or were stopped',
      folder: 'close-task',
      // For a sweep of some 700 tasks; closing one takes seconds. The visibility timeout of the
      // dead-letter queue allows no more.
      timeout: Duration.minutes(3),
      deadLetterQueue: this.unclosedTasks,
      logRetention,
      removalPolicy,
      environment: {
        TASK_TABLE: storage.table.tableName,
        RESULTS_BUCKET: storage.bucket.bucketName,
        EVENT_BUS: this.bus.eventBusName,
        METRICS_SERVICE: metricsService,
        MAX_UPLOADS: String(maxUploads),
      },
    });
    storage.grantRecords(closeTask);
    storage.grantListing(closeTask);
    storage.grantTagInbox(closeTask);
    this.bus.grantPutEventsTo(closeTask);
    return closeTask;
  }
}
