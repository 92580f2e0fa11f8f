import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { type EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SUBMITTED_DETAIL_TYPE } from '../functions/contracts/task-event.ts';
import { acknowledgeExecutions } from './acknowledgements.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ResultStorage } from './result-storage.ts';
import { ServiceFunction } from './service-function.ts';

export interface TaskSubmissionsProps {
  readonly stateMachine: StateMachine;
  readonly storage: ResultStorage;
  /** Where the events come from. */
  readonly bus: IEventBus | EventBus;
  /** @default - every source on the bus */
  readonly sources?: readonly string[] | undefined;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The way in for events: each `OCR Task Submitted` starts the collection of its task. */
export class TaskSubmissions extends Construct {
  /** Events that started nothing, each with its reason. */
  readonly refused: DeadLetterQueue;
  /** Once enabled, starts the refused events' collections anew. */
  readonly redrive: EventSourceMapping;

  constructor(scope: Construct, id: string, props: TaskSubmissionsProps) {
    super(scope, id);
    const { stateMachine, storage, bus, sources, logRetention, removalPolicy } = props;
    if (sources?.length === 0) {
      throw new RangeError('submissionSources: got an empty list; allowed: at least one source, or no list');
    }
    this.refused = new DeadLetterQueue(this, 'Refused');
    const startTask = new ServiceFunction(this, 'StartTask', {
      logRetention,
      removalPolicy,
      description: 'Starts the collection of a task of which an event tells',
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
    acknowledgeExecutions(startTask.role ?? startTask, stateMachine);
    new Rule(this, 'Submitted', {
      description: 'A task was submitted to Aspose.OCR Cloud: its result is to be collected',
      eventBus: bus,
      eventPattern: { detailType: [SUBMITTED_DETAIL_TYPE], ...(sources && { source: [...sources] }) },
      targets: [new LambdaFunction(startTask, { deadLetterQueue: this.refused })],
    });
  }
}
