import { InvalidInput } from './invalid-input.ts';

/** The buckets whose objects a caller may name. */
export interface SourceBuckets {
  /** Name of the results bucket. A caller may name only some of its keys. */
  readonly bucket: string;
  /** Other buckets, all of whose objects a caller may name. */
  readonly sourceBuckets: readonly string[];
}

/** A place in S3 that a caller names. */
export interface NamedPlace {
  /** The field that names it. */
  readonly field: string;
  readonly bucket: string;
  /** A key, or a prefix of keys. */
  readonly key: string;
  readonly keyField: 'key' | 'prefix';
}

/**
 * Checks that a caller may name a place in S3.
 *
 * @param allowedPrefixes those of the results bucket
 * @throws InvalidInput naming the field
 */
export function checkPlace(
  { field, bucket, key, keyField }: NamedPlace,
  allowedPrefixes: readonly string[],
  sources: SourceBuckets,
): void {
  const buckets = [sources.bucket, ...sources.sourceBuckets];
  if (!buckets.includes(bucket)) {
    throw new InvalidInput(
      `${field}.bucket`,
      'a bucket that is not a source',
      `one of ${buckets.join(', ')}`,
    );
  }
  if (bucket === sources.bucket && !allowedPrefixes.some((prefix) => key.startsWith(prefix))) {
    const allowed = `${allowedPrefixes.join(' or ')} in this bucket`;
    throw new InvalidInput(`${field}.${keyField}`, 'another place', allowed);
  }
}
