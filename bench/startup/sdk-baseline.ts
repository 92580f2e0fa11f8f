import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** What the functions' start-up is compared with: the two clients that they cannot do without, and nothing around them. */
export const clients = [new DynamoDBClient(), new S3Client()];
export const commands = [GetItemCommand, PutItemCommand, PutObjectCommand];
