import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

/** With an emulator, bucket names and queue URLs are not host names that resolve. */
const emulated = process.env['AWS_ENDPOINT_URL'] !== undefined;

export const dynamoDb = new DynamoDBClient();
export const eventBridge = new EventBridgeClient();
export const s3 = new S3Client({ forcePathStyle: emulated });
export const stepFunctions = new SFNClient();
export const sqs = new SQSClient({ useQueueUrlAsEndpoint: !emulated });
