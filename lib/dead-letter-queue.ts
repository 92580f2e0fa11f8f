import { Duration } from 'aws-cdk-lib';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledgements.ts';

/** Above the time-out of the functions that messages are redriven to. */
const VISIBILITY_TIMEOUT = Duration.minutes(3);

/** Keeps what could not be handled, encrypted, for the two weeks that are the most SQS offers. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY_TIMEOUT,
    });
    acknowledge(this, 'SQS3', 'It is a dead-letter queue: of rule targets and of asynchronous invocations');
  }

  /**
   * The way back: once an operator enables the mapping, the function gets the messages one by one. What it handles
   * is gone from the queue, what it refuses again stays. SQS's own redrive knows only queues as sources.
   */
  redriveTo(target: LambdaFunction): EventSourceMapping {
    this.grantConsumeMessages(target);
    return target.addEventSourceMapping('Redrive', {
      eventSourceArn: this.queueArn,
      batchSize: 1,
      enabled: false,
    });
  }
}
