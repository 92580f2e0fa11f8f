import type { ImageSource } from '../contracts/image-input.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
import { changeImage, type ImageRecords, type SourcedImage } from './image-record.ts';
import type { TerminalRecord } from './task-record.ts';

/** What is noted about an image when it ends. */
export interface ImageEndPorts {
  readonly images: ImageRecords;
  /** Epoch milliseconds. */
  now(): number;
  /** Adds tags to an object of the inbox. Does nothing for other objects. */
  tagSource(source: ImageSource, tags: Readonly<Record<string, string>>): Promise<void>;
}

/** The tags of an object in the inbox whose image has ended. */
export const SOURCE_TAGS = {
  /** The outcome of the task, or `Refused`. */
  outcome: 'ocr-courier',
  taskId: 'ocr-task',
} as const;

/** Notes the end of an image's last task in the image's record, and tags the object. */
export async function noteImageEnd(
  imageId: string,
  { taskId, outcome, completedAt }: TerminalRecord,
  { images, now, tagSource }: ImageEndPorts,
): Promise<void> {
  for (;;) {
    const found = await images.read(imageId);
    if (found?.state !== 'Submitted' || found.taskIds.at(-1) !== taskId || !isSourced(found)) return;
    const end = completedAt ?? new Date(now()).toISOString();
    // Tagged first: if this invocation dies, the next one finds the image open and tags again.
    await tagSource(found.source, { [SOURCE_TAGS.outcome]: outcome, [SOURCE_TAGS.taskId]: taskId });
    if (await images.write(changeImage(found, { state: 'Done', outcome, completedAt: end }))) return;
  }
}

function isSourced(record: ImageRecord): record is SourcedImage {
  return record.source !== undefined && record.executionArn !== undefined;
}
