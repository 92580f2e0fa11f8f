import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';

/** The bus for terminal events, and the way an execution's abnormal end takes to it. */
export class CompletionEvents extends Construct {
  readonly bus: EventBus;
  /** Ends of executions that `close-task` could not close. */
  readonly unclosedTasks: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'Terminal events of OCR tasks' });
    this.unclosedTasks = new DeadLetterQueue(this, 'UnclosedTasks');
  }

  /** Runs `closeTask` for every execution that fails, times out or is stopped. */
  closeAbnormalEnds(stateMachine: IStateMachine, closeTask: IFunction): void {
    new Rule(this, 'AbnormalEnds', {
      description: 'An execution failed, timed out or was stopped: its task may still be open',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(closeTask, { deadLetterQueue: this.unclosedTasks })],
    });
  }
}
