import { App, Duration, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { OcrCourier } from 'ocr-courier';

/** A consumer's CDK app. */

const app = new App();
const stack = new Stack(app, 'Invoices');
const courier = new OcrCourier(stack, 'OcrCourier', {
  polling: { preset: 'eager' },
  submissionSources: ['com.example.invoices'],
  eventRetention: Duration.days(30),
});
const inbox = new Queue(stack, 'Inbox');
const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

courier.onCompleted('Read', { target: new SqsQueue(inbox) });
courier.onFailed('Apologize', { target: new SqsQueue(inbox) });
courier.onAnyOutcome('Count').addTarget(new SqsQueue(inbox));
courier.grantStart(reader);
courier.grantReadResults(reader);
app.synth();
