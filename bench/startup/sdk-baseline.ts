import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Loads and constructs only the two AWS clients that every collection needs. */
export const clients = [new DynamoDBClient(), new S3Client()];
export const commands = [GetItemCommand, PutItemCommand, PutObjectCommand];
