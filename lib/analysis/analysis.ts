import { ArnFormat, Aws, Duration, Size, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ResultStorage } from '../result-storage.ts';
import { uniqueName } from '../unique-name.ts';
import { ANALYSIS_PREFIXES } from './analysis-prefixes.ts';
import { LineDelivery, type LineDeliveryProps } from './line-delivery.ts';
import { NAMED_QUERIES } from './named-queries.ts';
import { TaskTable } from './task-table.ts';

/** Options for the analysis of terminal events. */
export interface AnalysisOptions {
  /**
   * How long the lines about tasks and refused images are kept, in whole days.
   *
   * @default Duration.days(365)
   */
  readonly retention?: Duration;
  /**
   * How long the results of queries are kept, in whole days.
   *
   * @default Duration.days(7)
   */
  readonly queryRetention?: Duration;
  /**
   * Maximum size of the data that one query may read, compressed. Athena cancels a query that reads
   * more. 10 GiB hold tens of millions of tasks, and reading them costs 5 US cents.
   *
   * @default Size.gibibytes(10)
   */
  readonly scanLimit?: Size;
}

export interface AnalysisProps extends LineDeliveryProps, AnalysisOptions {}

/** Athena's limit, in characters. */
const MAX_WORK_GROUP_NAME_LENGTH = 128;

/**
 * Keeps a line about each terminal event of a task or image, and offers queries over them in an
 * Athena workgroup. The lines have what the events have: keys and names, never document text.
 */
export class Analysis extends Construct {
  readonly workGroupName: string;
  readonly databaseName: string;
  readonly tableName: string;
  readonly delivery: LineDelivery;
  private readonly storage: ResultStorage;

  constructor(scope: Construct, id: string, props: AnalysisProps) {
    super(scope, id);
    const { retention = Duration.days(365), queryRetention = Duration.days(7) } = props;
    const { storage, scanLimit = Size.gibibytes(10) } = props;
    this.storage = storage;
    storage.expireAnalysis(retention, queryRetention);
    this.delivery = new LineDelivery(this, 'Delivery', props);
    const table = new TaskTable(this, 'Table', {
      bucket: storage.bucket,
      retentionDays: retention.toDays(),
    });
    const workGroup = this.createWorkGroup(scanLimit);
    this.addQueries(workGroup, table);
    this.workGroupName = workGroup.ref;
    this.databaseName = table.databaseName;
    this.tableName = table.tableName;
  }

  /**
   * Lets a grantee run queries in the workgroup, and read the lines and its results. It cannot read
   * documents, nor write lines.
   */
  grantAnalyze(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [
        ...['athena:GetWorkGroup', 'athena:StartQueryExecution', 'athena:StopQueryExecution'],
        ...['athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:ListQueryExecutions'],
        // Drivers for JDBC and ODBC read results with it.
        'athena:GetQueryResultsStream',
        ...['athena:ListNamedQueries', 'athena:GetNamedQuery', 'athena:BatchGetNamedQuery'],
      ],
      resourceArns: [this.arnOf('athena', 'workgroup', this.workGroupName)],
    })
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
          resourceArns: [
            this.arnOf('glue', 'catalog'),
            // Athena reads the account's default database, whichever one a query uses.
            this.arnOf('glue', 'database', 'default'),
            this.arnOf('glue', 'database', this.databaseName),
            this.arnOf('glue', 'table', `${this.databaseName}/${this.tableName}`),
          ],
        }),
      )
      .combine(this.storage.allowAnalyze(grantee));
  }

  private arnOf(service: string, resource: string, resourceName?: string): string {
    const name = resourceName === undefined ? {} : { resourceName };
    const arnFormat = resourceName === undefined ? ArnFormat.NO_RESOURCE_NAME : ArnFormat.SLASH_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service, resource, arnFormat, ...name });
  }

  private createWorkGroup(scanLimit: Size): CfnWorkGroup {
    const { bucket } = this.storage;
    return new CfnWorkGroup(this, 'WorkGroup', {
      name: uniqueName(this, MAX_WORK_GROUP_NAME_LENGTH),
      description: 'Queries over ended OCR tasks',
      // Otherwise the history of its queries would prevent its deletion.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        bytesScannedCutoffPerQuery: scanLimit.toBytes(),
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: bucket.s3UrlForObject(ANALYSIS_PREFIXES.queries),
          expectedBucketOwner: Aws.ACCOUNT_ID,
          encryptionConfiguration:
            bucket.encryptionKey === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: bucket.encryptionKey.keyArn },
        },
      },
    });
  }

  private addQueries(workGroup: CfnWorkGroup, { databaseName }: TaskTable): void {
    for (const { name, description, sql } of NAMED_QUERIES) {
      new CfnNamedQuery(this, name, {
        name,
        description,
        database: databaseName,
        workGroup: workGroup.ref,
        queryString: sql,
      });
    }
  }
}
