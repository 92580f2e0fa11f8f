import type { ImageSource } from '../../functions/contracts/image-input.ts';
import type { ImageRecord } from '../../functions/contracts/image-record.ts';
import type { ImageRecords } from '../../functions/core/image-record.ts';
import { memoryTable } from './memory-table.ts';

/** Image records in memory. */
export function memoryImages(...initial: readonly ImageRecord[]) {
  return memoryTable<ImageRecord>(({ imageId }) => imageId, initial) satisfies ImageRecords;
}

/** Collects the tags that objects get. */
export function memoryTags() {
  const tagged: { readonly source: ImageSource; readonly tags: Readonly<Record<string, string>> }[] = [];
  return {
    tagged,
    async tagSource(source: ImageSource, tags: Readonly<Record<string, string>>): Promise<void> {
      tagged.push({ source, tags });
    },
  };
}

/** The ports about images, for tests of tasks without one. */
export function withoutImages() {
  return { images: memoryImages(), tagSource: memoryTags().tagSource };
}
