import type { ImageSource } from '../../functions/contracts/image-input.ts';
import type { ImageRecord } from '../../functions/contracts/image-record.ts';
import type { ImageRecords } from '../../functions/core/image-record.ts';

/** Image records in memory, with the conditions of the real table. */
export function memoryImages(...initial: readonly ImageRecord[]) {
  const all = new Map(initial.map((record) => [record.imageId, record]));
  return {
    all,
    /** The record of a test that has one image. */
    current: () => [...all.values()].at(-1),
    read: async (imageId) => all.get(imageId),
    async write(record) {
      if (record.version !== (all.get(record.imageId)?.version ?? 0) + 1) return false;
      all.set(record.imageId, record);
      return true;
    },
  } satisfies ImageRecords & Record<string, unknown>;
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
