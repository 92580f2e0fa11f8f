import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { BatchRecord } from '../functions/contracts/batch-record.ts';
import { taskSummarySchema } from '../functions/contracts/http-api.ts';
import { INBOX_PREFIX } from '../functions/contracts/image-input.ts';
import { LISTING_INDEX } from '../functions/contracts/listing-index.ts';
import type { TaskRecord } from '../functions/contracts/task-record.ts';
import { acknowledge, acknowledgeBelow, acknowledgeObjects } from './acknowledgements.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ResultStorageProps {
  /** How long the bucket keeps documents. */
  readonly documentRetention: Duration;
  /** Encrypts documents and records; undefined for AWS-managed keys. */
  readonly encryptionKey: IKey | undefined;
  /** Buckets, in addition to its own, whose images may be recognized. */
  readonly sources: readonly (IBucket | Bucket)[];
  /** Origins of pages that can use links to documents and for uploads; undefined for none. */
  readonly corsOrigins: readonly string[] | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** The key prefix of documents and manifests (functions/core/manifest.ts). */
const DOCUMENTS_PREFIX = 'results/';

/**
 * Attributes that the index projects: those of a list, those that the sweep reads, and those that
 * batches have. CloudFormation allows one change to an index per update, and DynamoDB 20
 * different attributes.
 */
export const LISTED_ATTRIBUTES = [
  ...Object.keys(taskSummarySchema.shape).filter((name) => name !== 'taskId'),
  ...(['leaseExpiresAt', 'executionArn'] satisfies (keyof TaskRecord)[]),
  ...(['total', 'counts', 'duplicates'] satisfies (keyof BatchRecord)[]),
];

/** Keeps documents in a bucket and task records in a table. */
export class ResultStorage extends Construct {
  readonly bucket: Bucket;
  readonly table: Table;
  private readonly encryptionKey: IKey | undefined;
  private readonly sources: readonly (IBucket | Bucket)[];

  constructor(scope: Construct, id: string, props: ResultStorageProps) {
    super(scope, id);
    const { documentRetention, encryptionKey, corsOrigins, removalPolicy } = props;
    this.encryptionKey = encryptionKey;
    this.sources = props.sources;

    this.bucket = new Bucket(this, 'Results', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { id: 'ExpireDocuments', prefix: DOCUMENTS_PREFIX, expiration: documentRetention },
        { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      ...(corsOrigins !== undefined && {
        cors: [
          {
            allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
            allowedOrigins: [...corsOrigins],
            allowedHeaders: ['content-type', 'if-none-match'],
          },
        ],
      }),
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      removalPolicy,
    });

    // The bucket's own property would add a custom resource with a function.
    const { defaultChild } = this.bucket.node;
    if (defaultChild instanceof CfnBucket) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
    acknowledge(
      this.bucket,
      'S1',
      'Documents are private and short-lived. An owner who needs an access log enables CloudTrail data events',
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
    this.table.addGlobalSecondaryIndex({
      indexName: LISTING_INDEX.name,
      partitionKey: { name: LISTING_INDEX.partitionKey, type: AttributeType.STRING },
      sortKey: { name: LISTING_INDEX.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: LISTED_ATTRIBUTES,
    });
  }

  /** Lets a function read and write records. The table's own `grant` would include the index. */
  grantRecords(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resourceArns: [this.table.tableArn],
    });
    this.grantKey(grantee);
  }

  /**
   * Lets a function write documents. The bucket's own `grantPut` would include retention and
   * tagging.
   */
  grantPutDocuments(grantee: ServiceFunction): void {
    grantee.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.documentsArn()] }),
    );
    this.acknowledgeDocuments(grantee);
  }

  /** Lets a function read documents and manifests. */
  grantReadDocuments(grantee: ServiceFunction): void {
    this.allowReadDocuments(grantee);
    this.acknowledgeDocuments(grantee);
  }

  /** Lets anyone else read documents and manifests whose keys they know. They cannot list keys. */
  allowReadDocuments(grantee: IGrantable): Grant {
    this.encryptionKey?.grantDecrypt(grantee);
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.documentsArn()],
      resource: this.bucket,
    });
  }

  /** Lets a function read images: those of the inbox, and every object of the other sources. */
  grantReadSources(grantee: ServiceFunction): void {
    this.grantReadInbox(grantee);
    for (const source of this.sources) {
      source.encryptionKey?.grantDecrypt(grantee);
      grantee.addToRolePolicy(
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [source.arnForObjects('*')],
        }),
      );
      acknowledgeObjects(grantee.serviceRole, source);
    }
  }

  /**
   * Lets a function read the images of the inbox. Events name a version if the owner of the account
   * enables versioning.
   */
  grantReadInbox(grantee: ServiceFunction): void {
    this.encryptionKey?.grantDecrypt(grantee);
    this.grantInbox(grantee, 's3:GetObject', 's3:GetObjectVersion');
  }

  /** Lets a function make links with which images are uploaded to the inbox. */
  grantUploadToInbox(grantee: ServiceFunction): void {
    this.grantInbox(grantee, 's3:PutObject');
  }

  /** Lets a function tag the images of the inbox with their outcome. */
  grantTagInbox(grantee: ServiceFunction): void {
    this.grantInbox(
      grantee,
      ...['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
      ...['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
    );
  }

  private grantInbox(grantee: ServiceFunction, ...actions: string[]): void {
    grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [this.inboxArn()] }));
    acknowledgeBelow(grantee.serviceRole, this.bucket, `/${INBOX_PREFIX}*`, 'Each image has its own key');
  }

  /**
   * Lets anyone else upload images to the inbox, with tags and in parts. With a key, S3 decrypts
   * the parts to join them.
   */
  allowUploadToInbox(grantee: IGrantable): Grant {
    this.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
      resourceArns: [this.inboxArn()],
      resource: this.bucket,
    });
  }

  /** Names of the buckets whose images may be recognized, without the results bucket. */
  sourceNames(): string[] {
    return this.sources.map(({ bucketName }) => bucketName);
  }

  /** Lets a function query the listing index. */
  grantListing(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${LISTING_INDEX.name}`],
    });
  }

  private inboxArn(): string {
    return this.bucket.arnForObjects(`${INBOX_PREFIX}*`);
  }

  private documentsArn(): string {
    return this.bucket.arnForObjects(`${DOCUMENTS_PREFIX}*`);
  }

  private acknowledgeDocuments({ serviceRole }: ServiceFunction): void {
    acknowledgeBelow(serviceRole, this.bucket, `/${DOCUMENTS_PREFIX}*`, 'Each task has its own keys');
  }

  /** S3 and DynamoDB use the key with their caller's permissions. */
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
