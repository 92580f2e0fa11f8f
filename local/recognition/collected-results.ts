import { type CopiedDocument, copyDocuments } from '../../cli/copy-documents.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { s3Documents } from './s3-documents.ts';
import { openStackStorage } from './stack-storage.ts';

/** The record of a task, and the copies of its documents. */
export interface CollectedResult {
  readonly record: TaskRecord | undefined;
  readonly documents: readonly CopiedDocument[];
}

/** The results of tasks that a stack has collected. */
export interface CollectedResults {
  /**
   * Copies the documents of a task into a directory.
   *
   * @throws CommandError when they cannot be written
   */
  copyTo(directory: string, taskId: string): Promise<CollectedResult>;
}

/** Opens the results of a stack. */
export function openResults(stack: Pick<EmbeddedStack, 'clientConfig' | 'resource'>): CollectedResults {
  const { records, s3, bucket } = openStackStorage(stack);
  return {
    async copyTo(directory, taskId) {
      const record = await records.read(taskId);
      const manifestKey = record?.manifestKey;
      const documents =
        manifestKey === undefined ? [] : await copyDocuments(s3Documents(s3, bucket, manifestKey), directory);
      return { record, documents };
    },
  };
}
