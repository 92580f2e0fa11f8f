import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
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
import { BATCHES_PREFIX, batchKeys, IMAGES_PREFIX, LISTS_PREFIX } from '../functions/contracts/batch-keys.ts';
import type { BatchRecord } from '../functions/contracts/batch-record.ts';
import { taskSummarySchema } from '../functions/contracts/http-api.ts';
import { INBOX_PREFIX } from '../functions/contracts/image-input.ts';
import { LISTING_INDEX } from '../functions/contracts/listing-index.ts';
import { DOCUMENTS_PREFIX } from '../functions/contracts/manifest.ts';
import type { TaskRecord } from '../functions/contracts/task-record.ts';
import { BATCH_RECORD_SECONDS } from '../functions/core/batch/batch-record.ts';
import { acknowledge, acknowledgeBelow, acknowledgeObjects } from './acknowledgements.ts';
import { ANALYSIS_PREFIXES } from './analysis/analysis-prefixes.ts';
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

/** Events name a version if the owner of the account enables versioning. */
const READ_OBJECT = ['s3:GetObject', 's3:GetObjectVersion'];

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

/**
 * How long the objects of a batch are kept: its result lines as long as the documents that they
 * name, and its items for as long as it may run.
 */
function batchRetention(documentRetention: Duration): Duration {
  return Duration.days(Math.max(documentRetention.toDays(), BATCH_RECORD_SECONDS / (24 * 60 * 60)));
}

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
        { id: 'ExpireBatches', prefix: BATCHES_PREFIX, expiration: batchRetention(documentRetention) },
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

  /** Lets a function count the ended chunks of batches. */
  grantProgress(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:UpdateItem'],
      resourceArns: [this.table.tableArn],
    });
  }

  /**
   * Lets a function write documents. The bucket's own `grantPut` would include retention and
   * tagging.
   */
  grantPutDocuments(grantee: ServiceFunction): void {
    this.grantObjects(grantee, `${DOCUMENTS_PREFIX}*`, ['s3:PutObject'], 'Each task has its own keys');
  }

  /** Lets a function read documents and manifests. */
  grantReadDocuments(grantee: ServiceFunction): void {
    this.allowReadDocuments(grantee);
    acknowledgeBelow(grantee.serviceRole, this.bucket, `/${DOCUMENTS_PREFIX}*`, 'Each task has its own keys');
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

  /**
   * Lets a function read images: those of the inbox and for batches, and every object of the other
   * sources.
   */
  grantReadSources(grantee: ServiceFunction): void {
    this.grantReadInbox(grantee);
    this.grantObjects(grantee, `${IMAGES_PREFIX}*`, READ_OBJECT, 'Each image has its own key');
    for (const source of this.sources) {
      source.encryptionKey?.grantDecrypt(grantee);
      grantee.addToRolePolicy(
        new PolicyStatement({ actions: READ_OBJECT, resources: [source.arnForObjects('*')] }),
      );
      acknowledgeObjects(grantee.serviceRole, source);
    }
  }

  /** Lets a function list images: those of the inbox and for batches, and the other sources. */
  grantListSources(grantee: ServiceFunction): void {
    this.grantList(grantee, [INBOX_PREFIX, IMAGES_PREFIX]);
    for (const { bucketArn } of this.sources) {
      grantee.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }));
    }
  }

  /** Lets a function read the images of the inbox. */
  grantReadInbox(grantee: ServiceFunction): void {
    this.encryptionKey?.grantDecrypt(grantee);
    this.grantInbox(grantee, READ_OBJECT);
  }

  /** Lets a function make links with which images are uploaded to the inbox. */
  grantUploadToInbox(grantee: ServiceFunction): void {
    this.grantInbox(grantee, ['s3:PutObject']);
  }

  /** Lets a function tag the images of the inbox with their outcome. */
  grantTagInbox(grantee: ServiceFunction): void {
    this.grantInbox(grantee, [
      ...['s3:GetObjectTagging', 's3:GetObjectVersionTagging'],
      ...['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
    ]);
  }

  private grantInbox(grantee: ServiceFunction, actions: readonly string[]): void {
    this.grantObjects(grantee, `${INBOX_PREFIX}*`, actions, 'Each image has its own key');
  }

  /** Lets a function read the lists that start a batch. */
  grantReadLists(grantee: ServiceFunction): void {
    this.grantObjects(grantee, `${LISTS_PREFIX}*`, READ_OBJECT, 'Each list has its own key');
  }

  /** Lets a function read what batches store: their items, chunks and results. */
  grantReadBatches(grantee: ServiceFunction): void {
    this.grantObjects(grantee, `${BATCHES_PREFIX}*`, ['s3:GetObject'], 'Each batch has its own keys');
  }

  /**
   * Lets a function find out what batches have not stored. Without it, a missing object looks like
   * one that must not be read.
   */
  grantListBatches(grantee: ServiceFunction): void {
    this.grantList(grantee, [BATCHES_PREFIX]);
  }

  /** Lets a function write what batches store, in parts if it is large. */
  grantWriteBatches(grantee: ServiceFunction): void {
    const actions = ['s3:PutObject', 's3:AbortMultipartUpload'];
    this.grantObjects(grantee, `${BATCHES_PREFIX}*`, actions, 'Each batch has its own keys');
  }

  /** Lets a function store the tasks that a request for a batch names. */
  grantWriteBatchRequests(grantee: ServiceFunction): void {
    const requests = batchKeys('*').request('*');
    this.grantObjects(grantee, requests, ['s3:PutObject'], 'Each request has its own key');
  }

  /** Lets a state machine read the chunks of batches. */
  grantReadChunks(role: IRole): void {
    this.encryptionKey?.grantDecrypt(role);
    const { chunks } = batchKeys('*');
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects(chunks)] }),
    );
    acknowledgeBelow(role, this.bucket, `/${chunks}`, 'Each batch has its own chunks');
  }

  /**
   * Lets anyone else upload images to the inbox and for batches, with tags and in parts. With a
   * key, S3 decrypts the parts to join them.
   */
  allowUploadImages(grantee: IGrantable): Grant {
    return this.allowUpload(grantee, [INBOX_PREFIX, IMAGES_PREFIX]);
  }

  /** Lets anyone else upload lists that start a batch, and images for it. */
  allowUploadLists(grantee: IGrantable): Grant {
    return this.allowUpload(grantee, [LISTS_PREFIX, IMAGES_PREFIX]);
  }

  /** Deletes lines about tasks and the results of queries over them when they expire. */
  expireAnalysis(retention: Duration, queryRetention: Duration): void {
    const { lines, errors, queries } = ANALYSIS_PREFIXES;
    this.bucket.addLifecycleRule({ id: 'ExpireLines', prefix: lines, expiration: retention });
    this.bucket.addLifecycleRule({ id: 'ExpireLineErrors', prefix: errors, expiration: retention });
    this.bucket.addLifecycleRule({ id: 'ExpireQueries', prefix: queries, expiration: queryRetention });
  }

  /** Lets Firehose write lines about tasks, and the records that it cannot deliver. */
  grantDeliverLines(role: IRole): void {
    this.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    const { bucketArn } = this.bucket;
    const actions = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [bucketArn] }));
    for (const prefix of [ANALYSIS_PREFIXES.lines, ANALYSIS_PREFIXES.errors]) {
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
          resources: [this.bucket.arnForObjects(`${prefix}*`)],
        }),
      );
      acknowledgeBelow(role, this.bucket, `/${prefix}*`, 'Each delivery has its own key');
    }
  }

  /** Lets anyone else read the lines about tasks, and write and read the results of queries. */
  allowAnalyze(grantee: IGrantable): Grant {
    this.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    const { bucket } = this;
    const { lines, queries } = ANALYSIS_PREFIXES;
    const grant = (actions: string[], resourceArn: string, conditions = {}) =>
      Grant.addToPrincipalOrResource({
        grantee,
        actions,
        resourceArns: [resourceArn],
        resource: bucket,
        conditions,
      });
    const listed = { StringLike: { 's3:prefix': [`${lines}*`, `${queries}*`] } };
    // Athena writes large results as multipart uploads.
    return grant(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], bucket.bucketArn)
      .combine(grant(['s3:ListBucket'], bucket.bucketArn, listed))
      .combine(grant(['s3:GetObject'], bucket.arnForObjects(`${lines}*`)))
      .combine(
        grant(
          ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
          bucket.arnForObjects(`${queries}*`),
        ),
      );
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

  /** Lets a function list the keys of the results bucket that have one of the prefixes. */
  private grantList(grantee: ServiceFunction, prefixes: readonly string[]): void {
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
      }),
    );
  }

  private grantObjects(
    { serviceRole }: ServiceFunction,
    keyPattern: string,
    actions: readonly string[],
    reason: string,
  ): void {
    serviceRole.addToPrincipalPolicy(
      new PolicyStatement({ actions: [...actions], resources: [this.bucket.arnForObjects(keyPattern)] }),
    );
    acknowledgeBelow(serviceRole, this.bucket, `/${keyPattern}`, reason);
  }

  private allowUpload(grantee: IGrantable, prefixes: readonly string[]): Grant {
    this.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
      resourceArns: prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
      resource: this.bucket,
    });
  }

  private documentsArn(): string {
    return this.bucket.arnForObjects(`${DOCUMENTS_PREFIX}*`);
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
