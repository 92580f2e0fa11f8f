import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { courierProps } from './configuration.ts';
import { estimateOutputs } from './estimate-outputs.ts';
import { OcrCourier } from './ocr-courier.ts';

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
      ResultsBucketName: courier.bucket.bucketName,
      TaskTableName: courier.table.tableName,
      EventBusName: courier.bus.eventBusName,
      CredentialsSecretArn: courier.credentialsSecret.secretArn,
      RefusedSubmissionsQueueUrl: courier.refusedSubmissions.queueUrl,
      UnclosedTasksQueueUrl: courier.unclosedTasks.queueUrl,
      RefusedSubmissionsRedrive: courier.redrives.refusedSubmissions.eventSourceMappingId,
      UnclosedTasksRedrive: courier.redrives.unclosedTasks.eventSourceMappingId,
      FetchResultLogGroupName: courier.logGroups.fetchResult.logGroupName,
      CloseTaskLogGroupName: courier.logGroups.closeTask.logGroupName,
      TaskApiLogGroupName: courier.logGroups.taskApi.logGroupName,
      ...(courier.dashboard !== undefined && { DashboardName: courier.dashboard.dashboardName }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
    for (const { name, value, description } of estimateOutputs(courier.pollingPolicy)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
