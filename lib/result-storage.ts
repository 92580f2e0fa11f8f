import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { taskSummarySchema } from '../functions/contracts/http-api.ts';
import { LISTING_INDEX } from '../functions/contracts/listing-index.ts';
import { acknowledge } from './acknowledgements.ts';

export interface ResultStorageProps {
  readonly documentRetention: Duration;
  /** Encrypts documents and records. @default - keys that AWS manages */
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** What is kept: documents in a bucket, task records in a table. */
export class ResultStorage extends Construct {
  readonly bucket: Bucket;
  readonly table: Table;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ResultStorageProps) {
    super(scope, id);
    const { documentRetention, encryptionKey, removalPolicy } = props;
    this.encryptionKey = encryptionKey;

    this.bucket = new Bucket(this, 'Results', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { id: 'ExpireDocuments', expiration: documentRetention },
        { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      removalPolicy,
    });

    acknowledge(
      this.bucket,
      'S1',
      'Documents are private and short-lived; CloudTrail data events record access where an owner wants that',
    );

    this.table = new Table(this, 'Tasks', {
      partitionKey: { name: 'taskId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(encryptionKey === undefined
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy,
    });
    const keys: readonly string[] = ['taskId', LISTING_INDEX.partitionKey];
    this.table.addGlobalSecondaryIndex({
      indexName: LISTING_INDEX.name,
      partitionKey: { name: LISTING_INDEX.partitionKey, type: AttributeType.STRING },
      sortKey: { name: LISTING_INDEX.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: Object.keys(taskSummarySchema.shape).filter((name) => !keys.includes(name)),
    });
  }

  /** Lets a function read and write records, and use the key; the table's own `grant` would give the index, too. */
  grantRecords(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resourceArns: [this.table.tableArn],
    });
    this.grantKey(grantee);
  }

  /** Lets it list tasks. */
  grantListing(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${LISTING_INDEX.name}`],
    });
  }

  /** S3 and DynamoDB ask for the key in their caller's name. */
  private grantKey(grantee: IGrantable): void {
    this.encryptionKey?.grant(
      grantee,
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    );
  }
}
