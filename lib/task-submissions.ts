import { Duration } from 'aws-cdk-lib';
import { type EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SUBMITTED_DETAIL_TYPE } from '../functions/contracts/task-event.ts';
import { acknowledgeExecutions } from './acknowledgements.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction, type ServiceFunctionDefaults } from './service-function.ts';

export interface TaskSubmissionsProps extends ServiceFunctionDefaults {
  readonly stateMachine: StateMachine;
  readonly storage: ResultStorage;
  /** The bus on which the events are published. */
  readonly bus: IEventBus | EventBus;
  /** @default - every source on the bus */
  readonly sources?: readonly string[] | undefined;
}

/** Starts a collection for each `OCR Task Submitted` event. */
export class TaskSubmissions extends Construct {
  /** Events that started no collection, each with its reason. */
  readonly refused: DeadLetterQueue;
  /**
   * Disabled mapping that sends refused events to the function again while an operator enables it.
   */
  readonly redrive: EventSourceMapping;

  constructor(scope: Construct, id: string, props: TaskSubmissionsProps) {
    super(scope, id);
    const { stateMachine, storage, bus, sources, logRetention, removalPolicy } = props;
    this.refused = new DeadLetterQueue(this, 'Refused');
    const startTask = new ServiceFunction(this, 'StartTask', {
      logRetention,
      removalPolicy,
      description: 'Starts a collection for an OCR Task Submitted event',
      folder: 'start-task',
      timeout: Duration.seconds(30),
      onFailure: new SqsDestination(this.refused),
      environment: {
        TASK_TABLE: storage.table.tableName,
        STATE_MACHINE: stateMachine.stateMachineArn,
      },
    });
    this.redrive = this.refused.redriveTo(startTask);
    storage.grantRecords(startTask);
    stateMachine.grants.startExecution(startTask);
    stateMachine.grants.execution(startTask, 'states:DescribeExecution');
    acknowledgeExecutions(startTask.serviceRole, stateMachine);
    new Rule(this, 'Submitted', {
      description: 'Starts the collection of a task that was submitted to Aspose.OCR Cloud',
      eventBus: bus,
      eventPattern: { detailType: [SUBMITTED_DETAIL_TYPE], ...(sources && { source: [...sources] }) },
      targets: [new LambdaFunction(startTask, { deadLetterQueue: this.refused })],
    });
  }
}
