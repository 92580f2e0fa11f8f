import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { createTaskTable } from '../../functions/adapters/aws/task-table.ts';
import { copyDocuments } from '../cli/copy-documents.ts';
import { apiUrlOf } from '../cli/local-courier.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { followImages } from './image-ends.ts';
import { type InboxUpload, uploadToInbox } from './upload-to-inbox.ts';

/** The end of an image, from its terminal event. */
export interface FileEnd {
  /** The outcome of its task, or `Refused`. */
  readonly outcome: string;
  readonly reason?: string | undefined;
  /** Explanations, joined. */
  readonly message?: string | undefined;
}

const detailSchema = z.object({
  taskId: z.string().optional(),
  outcome: z.string().default('Refused'),
  reason: z.string().optional(),
  messages: z.array(z.string()),
});

/**
 * Recognizes files on an embedded stack, and copies their documents.
 *
 * @returns a function that recognizes one file, and can be called for several at once
 */
export function createFileRecognizer(stack: EmbeddedStack) {
  const ends = followImages(stack);
  const apiUrl = apiUrlOf(stack);
  const records = createTaskTable(
    new DynamoDBClient(stack.clientConfig('dynamodb')),
    stack.resource('AWS::DynamoDB::Table').name,
  );
  const s3 = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('AWS::S3::Bucket').name;

  return async (upload: InboxUpload, outDirectory: string): Promise<FileEnd> => {
    const imageId = await uploadToInbox(apiUrl, upload);
    const { detail } = await ends.endOf(imageId);
    const { taskId, outcome, reason, messages } = detailSchema.parse(detail);
    const record = taskId === undefined ? undefined : await records.read(taskId);
    if (record?.manifestKey !== undefined) {
      await copyDocuments(s3, bucket, record.manifestKey, outDirectory);
    }
    return { outcome, reason, message: messages.join(' ') || undefined };
  };
}
