import { Duration } from 'aws-cdk-lib';
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledgements.ts';

/** Longer than the timeout of every function that messages are redriven to. */
const VISIBILITY_TIMEOUT = Duration.minutes(3);

/** An encrypted dead-letter queue that keeps messages for 14 days, which is SQS's maximum. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY_TIMEOUT,
    });
    acknowledge(this, 'SQS3', 'It is a dead-letter queue itself');
  }

  /**
   * Creates a disabled mapping to a function. While an operator enables it, the function receives
   * the messages one by one; messages that fail again stay in the queue. SQS's own redrive works
   * only for queues that have a source queue.
   */
  redriveTo(
    target: LambdaFunction,
    options: { readonly reportBatchItemFailures?: boolean } = {},
  ): EventSourceMapping {
    this.grantConsumeMessages(target);
    return target.addEventSourceMapping('Redrive', {
      ...options,
      eventSourceArn: this.queueArn,
      batchSize: 1,
      enabled: false,
    });
  }
}
