import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { OcrCourier } from 'ocr-courier';

/** A consumer's CDK app. */

const app = new App();
const stack = new Stack(app, 'Invoices');
const courier = new OcrCourier(stack, 'OcrCourier', {
  polling: { preset: 'eager' },
  submissionSources: ['com.example.invoices'],
  eventRetention: Duration.days(30),
  maxUploads: 1,
  sources: [
    Bucket.fromBucketAttributes(stack, 'Scans', {
      bucketName: 'scans-of-invoices',
      encryptionKey: new Key(stack, 'ScansKey'),
    }),
    Bucket.fromBucketName(stack, 'Archive', 'archive-of-invoices'),
  ],
});
const inbox = new Queue(stack, 'Inbox');
const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

courier.onCompleted('Read', { target: new SqsQueue(inbox) });
courier.onFailed('Apologize', { target: new SqsQueue(inbox) });
courier.onAnyOutcome('Count').addTarget(new SqsQueue(inbox));
courier.onImageRefused('Resend', { target: new SqsQueue(inbox) });
courier.onBatchCompleted('Report', { target: new SqsQueue(inbox) });
courier.grantStart(reader);
courier.grantRecognize(reader);
courier.grantUpload(reader);
courier.grantStartBatch(reader);
courier.grantReadResults(reader);
courier.grantCallApi(reader);
new CfnOutput(stack, 'StateMachineArn', { value: courier.stateMachine.stateMachineArn });
app.synth();
