import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';

/** Opens the records of tasks and the bucket of a stack. */
export function openStackStorage(stack: Pick<EmbeddedStack, 'clientConfig' | 'resource'>) {
  return {
    records: createTaskTable(
      new DynamoDBClient(stack.clientConfig('dynamodb')),
      stack.resource('AWS::DynamoDB::Table').name,
    ),
    s3: new S3Client(stack.clientConfig('s3')),
    bucket: stack.resource('AWS::S3::Bucket').name,
  };
}
