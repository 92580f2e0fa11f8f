import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { courierProps } from './configuration.ts';
import { OcrCourier } from './ocr-courier.ts';
import { worstCase } from './worst-case.ts';

export interface OcrCourierStackProps extends StackProps {
  /**
   * An object or JSON, as in the context value `ocr-courier`.
   *
   * @default - the defaults of `OcrCourier`
   */
  readonly configuration?: unknown;
}

/** A stack with one courier. Its outputs are the names that users and operators need. */
export class OcrCourierStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, ...stackProps }: OcrCourierStackProps = {}) {
    super(scope, id, stackProps);
    const courier = new OcrCourier(this, 'OcrCourier', courierProps(this, configuration));
    const outputs = {
      ApiUrl: courier.apiUrl,
      StateMachineArn: courier.stateMachine.stateMachineArn,
      RecognizeStateMachineArn: courier.recognizeStateMachine.stateMachineArn,
      BatchStateMachineArn: courier.batchStateMachine.stateMachineArn,
      ResultsBucketName: courier.bucket.bucketName,
      TaskTableName: courier.table.tableName,
      EventBusName: courier.bus.eventBusName,
      CredentialsSecretArn: courier.credentialsSecret.secretArn,
      RefusedSubmissionsQueueUrl: courier.refusedSubmissions.queueUrl,
      StartsQueueArn: courier.startsQueue.queueArn,
      FailedStartsQueueArn: courier.failedStarts.queueArn,
      FailedStartsQueueUrl: courier.failedStarts.queueUrl,
      UnclosedTasksQueueUrl: courier.unclosedTasks.queueUrl,
      RefusedSubmissionsRedrive: courier.redrives.refusedSubmissions.eventSourceMappingId,
      UnclosedTasksRedrive: courier.redrives.unclosedTasks.eventSourceMappingId,
      StartExecutionsLogGroupName: courier.logGroups.startExecutions.logGroupName,
      SubmitImageLogGroupName: courier.logGroups.submitImage.logGroupName,
      FetchResultLogGroupName: courier.logGroups.fetchResult.logGroupName,
      CloseTaskLogGroupName: courier.logGroups.closeTask.logGroupName,
      OpenBatchLogGroupName: courier.logGroups.openBatch.logGroupName,
      CollectChunkLogGroupName: courier.logGroups.collectChunk.logGroupName,
      CloseBatchLogGroupName: courier.logGroups.closeBatch.logGroupName,
      TaskApiLogGroupName: courier.logGroups.taskApi.logGroupName,
      ...(courier.analysis !== undefined && {
        AnalysisWorkGroupName: courier.analysis.workGroupName,
        AnalysisDatabaseName: courier.analysis.databaseName,
        LineDeliveryLogGroupName: courier.analysis.delivery.logGroup.logGroupName,
        UndeliveredLinesQueueUrl: courier.analysis.delivery.undelivered.queueUrl,
      }),
      ...(courier.dashboard !== undefined && { DashboardName: courier.dashboard.dashboardName }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });

    const { polls, stateTransitions, historyEvents } = worstCase(courier.pollingPolicy);
    const worstCaseOutputs = {
      WorstCasePolls: polls,
      WorstCaseStateTransitions: stateTransitions,
      WorstCaseHistoryEvents: historyEvents,
    };
    for (const [name, count] of Object.entries(worstCaseOutputs)) {
      new CfnOutput(this, name, {
        value: String(count),
        description:
          'Maximum for a task that stays Pending until its deadline, without retries of AWS faults',
      });
    }
  }
}
