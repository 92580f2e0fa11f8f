import { z } from 'zod';
import type { Stores } from './s3-and-sqs-stores.ts';

type S3Store = Stores['s3Store'];
type S3Object = ReturnType<S3Store['headObject']>;

const objectsSchema = z.object({
  buckets: z.custom<ReadonlyMap<string, ReadonlyMap<string, S3Object>>>((value) => value instanceof Map),
});

/**
 * Makes a store list objects in the order of S3. fauxqs sorts keys by locale but continues after a
 * key by code units, so that later pages lose keys.
 */
export function listInOrder(store: S3Store): void {
  const { buckets } = objectsSchema.parse(store);
  const listByLocale = store.listObjects.bind(store);

  store.listObjects = (bucket, options = {}) => {
    const objects = buckets.get(bucket);
    // It throws the error for a missing bucket.
    if (objects === undefined) return listByLocale(bucket, options);
    const { prefix = '', delimiter = '', maxKeys = 1000, startAfter, marker } = options;
    const after = startAfter ?? marker ?? '';
    const found: S3Object[] = [];
    const commonPrefixes = new Set<string>();
    const page = (isTruncated: boolean) => ({
      objects: found,
      commonPrefixes: [...commonPrefixes],
      isTruncated,
    });
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    for (const key of keys) {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const commonPrefix = end < 0 ? undefined : key.slice(0, end + delimiter.length);
      if (commonPrefix !== undefined && (commonPrefixes.has(commonPrefix) || commonPrefix <= after)) continue;
      if (found.length + commonPrefixes.size >= maxKeys) return page(true);
      const object = objects.get(key);
      if (commonPrefix !== undefined) commonPrefixes.add(commonPrefix);
      else if (object !== undefined) found.push(object);
    }
    return page(false);
  };
}
