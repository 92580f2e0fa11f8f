import {
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ImageSource, INBOX_PREFIX } from '../../contracts/image-input.ts';
import type { ImageEndPorts } from '../../core/end-image.ts';

/** S3's limit for one object. */
const MAX_TAGS = 10;

/**
 * Adds tags to objects of the inbox, and keeps those that are there. A tag is information only: an
 * object that cannot be tagged is reported, and its image ends as it would have.
 *
 * @param onFault receives a description of the fault, safe to log
 */
export function createSourceTags(
  client: S3Client,
  bucket: string,
  onFault: (fault: string) => void,
): ImageEndPorts['tagSource'] {
  async function tag({ key, versionId }: ImageSource, tags: Readonly<Record<string, string>>) {
    const object = { Bucket: bucket, Key: key, VersionId: versionId };
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(object));
    const others = TagSet.filter(({ Key = '' }) => !Object.hasOwn(tags, Key));
    const TagSetWithOurs = [...others, ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))];
    if (TagSetWithOurs.length > MAX_TAGS) return onFault(`the object has ${others.length} other tags`);
    await client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: TagSetWithOurs } }));
  }

  return async (source, tags) => {
    if (source.bucket !== bucket || !source.key.startsWith(INBOX_PREFIX)) return;
    try {
      await tag(source, tags);
    } catch (error) {
      if (!isLasting(error)) throw error;
      onFault(error.name);
    }
  };
}

/** Whether a retry would fail as well, such as for an object that was deleted. */
function isLasting(error: unknown): error is S3ServiceException {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
