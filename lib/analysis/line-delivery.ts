import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, type Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { IMAGE_REFUSED_DETAIL_TYPE } from '../../functions/contracts/image-event.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import type { CompletionEvents } from '../completion-events.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { ResultStorage } from '../result-storage.ts';
import { ANALYSIS_PREFIXES, PARTITION_COLUMN } from './analysis-prefixes.ts';

export interface LineDeliveryProps {
  readonly storage: ResultStorage;
  readonly events: CompletionEvents;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The day of arrival in UTC, as Firehose computes it. */
const PARTITION = `${PARTITION_COLUMN}=!{timestamp:yyyy-MM-dd}/`;

/**
 * Firehose delivers after this time or this size before compression, whichever comes first. Few
 * large objects are faster and cheaper to query.
 */
const BUFFERING = { intervalInSeconds: 300, sizeInMBs: 64 } as const;

/** Writes the detail of each terminal event as one line of JSON below `analysis/tasks/`. */
export class LineDelivery extends Construct {
  /** Events that EventBridge could not hand over to Firehose within a day. */
  readonly undelivered: DeadLetterQueue;
  /** Age of the oldest event that Firehose has not delivered yet, in seconds. */
  readonly age: IMetric;
  /** The log of Firehose's errors. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LineDeliveryProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const stream = this.createStream(props.storage);
    this.age = new Metric({
      namespace: 'AWS/Firehose',
      metricName: 'DeliveryToS3.DataFreshness',
      dimensionsMap: { DeliveryStreamName: stream.ref },
      statistic: Stats.MAXIMUM,
      period: Duration.seconds(BUFFERING.intervalInSeconds),
    });
    this.undelivered = new DeadLetterQueue(this, 'Undelivered');
    const rule = this.sendTerminalEvents(props.events, stream);
    this.undelivered.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    );
  }

  /** CDK's own construct for streams would let Firehose read and write the whole bucket. */
  private createStream(storage: ResultStorage): CfnDeliveryStream {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    this.logGroup.grantWrite(role);
    storage.grantDeliverLines(role);
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: storage.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${ANALYSIS_PREFIXES.lines}${PARTITION}`,
        errorOutputPrefix: `${ANALYSIS_PREFIXES.errors}!{firehose:error-output-type}/${PARTITION}`,
        bufferingHints: BUFFERING,
        compressionFormat: 'GZIP',
        processingConfiguration: {
          enabled: true,
          // A newline after each record.
          processors: [{ type: 'AppendDelimiterToRecord' }],
        },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: this.logGroup.logGroupName,
          logStreamName: this.logGroup.addStream('Errors').logStreamName,
        },
      },
    });
    // Firehose needs its permissions as soon as it exists.
    stream.node.addDependency(role);
    return stream;
  }

  private sendTerminalEvents(events: CompletionEvents, stream: CfnDeliveryStream): Rule {
    const role = new Role(this, 'RuleRole', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [stream.attrArn],
      }),
    );
    // CDK's own target for streams has no dead-letter queue.
    const target: IRuleTarget = {
      bind: () => ({
        arn: stream.attrArn,
        role,
        input: RuleTargetInput.fromEventPath('$.detail'),
        deadLetterConfig: { arn: this.undelivered.queueArn },
      }),
    };
    const detailTypes = OUTCOME_NAMES.map((outcome) => OUTCOMES[outcome].detailType);
    return events.onDetailType(this, 'TerminalEvents', [...detailTypes, IMAGE_REFUSED_DETAIL_TYPE], {
      description: 'Writes a line about each ended task and refused image',
      target,
    });
  }
}
