import { Aws, Names } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ANALYSIS_PREFIXES, PARTITION_COLUMN } from './analysis-prefixes.ts';
import { TERMINAL_EVENT_COLUMNS } from './glue-columns.ts';

export interface TaskTableProps {
  readonly bucket: Bucket;
  /** How many days lines are kept. */
  readonly retentionDays: number;
}

/** Glue's limit, in characters. */
const MAX_DATABASE_NAME_LENGTH = 255;

/** The Glue table `tasks` over the lines of terminal events, in a database of its own. */
export class TaskTable extends Construct {
  readonly databaseName: string;
  readonly tableName = 'tasks';

  constructor(scope: Construct, id: string, { bucket, retentionDays }: TaskTableProps) {
    super(scope, id);
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: databaseName(this),
        description: 'Terminal events of OCR tasks and refused images',
      },
    });
    this.databaseName = database.ref;
    const { columns, fieldNames } = TERMINAL_EVENT_COLUMNS;
    const location = bucket.s3UrlForObject(ANALYSIS_PREFIXES.lines);
    new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name: this.tableName,
        description: 'One row per delivery of a terminal event: count each idempotencyKey once',
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          classification: 'json',
          ...partitionProjection(retentionDays),
          'storage.location.template': `${location}${PARTITION_COLUMN}=\${${PARTITION_COLUMN}}/`,
        },
        partitionKeys: [
          { name: PARTITION_COLUMN, type: 'string', comment: 'The day of arrival in UTC, as YYYY-MM-DD' },
        ],
        storageDescriptor: {
          location,
          columns: [...columns],
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
            // Without the mappings, keys with upper-case letters inside of structs would be null.
            parameters: {
              'case.insensitive': 'false',
              ...Object.fromEntries([...fieldNames].map(([name, field]) => [`mapping.${name}`, field])),
            },
          },
        },
      },
    });
  }
}

/** Lets Athena compute the partitions, so that nothing has to add them. */
function partitionProjection(retentionDays: number): Record<string, string> {
  return {
    'projection.enabled': 'true',
    [`projection.${PARTITION_COLUMN}.type`]: 'date',
    [`projection.${PARTITION_COLUMN}.format`]: 'yyyy-MM-dd',
    // S3 deletes expired objects up to two days late.
    [`projection.${PARTITION_COLUMN}.range`]: `NOW-${retentionDays + 2}DAYS,NOW`,
    [`projection.${PARTITION_COLUMN}.interval`]: '1',
    [`projection.${PARTITION_COLUMN}.interval.unit`]: 'DAYS',
  };
}

/** Athena accepts lower-case letters, digits and underscores. */
function databaseName(scope: Construct): string {
  const options = { maxLength: MAX_DATABASE_NAME_LENGTH, separator: '_', allowedSpecialCharacters: '_' };
  return Names.uniqueResourceName(scope, options).toLowerCase();
}
