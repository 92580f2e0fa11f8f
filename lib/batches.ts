import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeExecutions } from './acknowledgements.ts';
import { BatchWorkflow } from './batch-workflow.ts';
import { CloseBatchFunction } from './close-batch-function.ts';
import { CollectChunkFunction, type CollectChunkFunctionProps } from './collect-chunk-function.ts';
import { abnormalEndsOf } from './completion-events.ts';
import { OpenBatchFunction } from './open-batch-function.ts';

/** How often the sweep runs: a batch whose execution died is closed within half an hour. */
const SWEEP_INTERVAL = Duration.minutes(15);

/** Collects lists of tasks and images: the state machine of batches, and its functions. */
export class Batches extends Construct {
  readonly stateMachine: StateMachine;
  readonly openBatch: OpenBatchFunction;
  readonly collectChunk: CollectChunkFunction;
  readonly closeBatch: CloseBatchFunction;
  readonly logGroups: Readonly<Record<'openBatch' | 'collectChunk' | 'closeBatch', ILogGroup>>;

  constructor(scope: Construct, id: string, props: CollectChunkFunctionProps) {
    super(scope, id);
    this.openBatch = new OpenBatchFunction(this, 'OpenBatch', props);
    this.collectChunk = new CollectChunkFunction(this, 'CollectChunk', props);
    this.closeBatch = new CloseBatchFunction(this, 'CloseBatch', props);
    const { openBatch, collectChunk, closeBatch } = this;
    const functions = { openBatch, collectChunk, closeBatch };
    const { stateMachine } = new BatchWorkflow(this, 'CollectBatch', { ...props, ...functions });
    this.stateMachine = stateMachine;
    this.logGroups = {
      openBatch: openBatch.logGroup,
      collectChunk: collectChunk.logGroup,
      closeBatch: closeBatch.logGroup,
    };
    this.closeAbnormalEnds();
  }

  /**
   * Closes the batch of an execution that fails, times out or is stopped: on its status-change
   * event, and in a sweep if that event does not arrive. No dead-letter queue is needed, because
   * the sweep tries again.
   */
  private closeAbnormalEnds(): void {
    const { closeBatch, stateMachine } = this;
    const target = new LambdaFunction(closeBatch);
    new Rule(this, 'AbnormalEnds', {
      description: 'Closes the batch of an execution that failed, timed out or was stopped',
      eventPattern: abnormalEndsOf([stateMachine]),
      targets: [target],
    });
    new Rule(this, 'Sweep', {
      description: 'Closes batches whose execution has ended, and stops those that were cancelled',
      schedule: Schedule.rate(SWEEP_INTERVAL),
      targets: [target],
    });
    // Not the role's default policy, on which the function depends: the state machine depends on
    // the function.
    const policy = new Policy(this, 'StopExecutions', { roles: [closeBatch.serviceRole] });
    stateMachine.grantExecution(policy, 'states:DescribeExecution', 'states:StopExecution');
    acknowledgeExecutions(policy, stateMachine);
  }
}
