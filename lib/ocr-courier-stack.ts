import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { OcrCourier, type OcrCourierProps } from './ocr-courier.ts';

export interface OcrCourierStackProps extends StackProps {
  readonly courier?: OcrCourierProps;
}

/** One ocr-courier, and the names that its users need. */
export class OcrCourierStack extends Stack {
  constructor(scope: Construct, id: string, { courier: props, ...stackProps }: OcrCourierStackProps = {}) {
    super(scope, id, stackProps);
    const courier = new OcrCourier(this, 'OcrCourier', props);
    const outputs = {
      StateMachineArn: courier.stateMachine.stateMachineArn,
      ResultsBucketName: courier.bucket.bucketName,
      TaskTableName: courier.table.tableName,
      EventBusName: courier.bus.eventBusName,
      CredentialsSecretArn: courier.credentialsSecret.secretArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
