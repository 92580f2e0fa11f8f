import { Readable } from 'node:stream';
import { type GetObjectCommandOutput, S3ServiceException } from '@aws-sdk/client-s3';
import type { ImageSource } from '../../contracts/image-input.ts';

/** Errors of S3 that last, and what they mean. */
const LASTING_ERRORS: Readonly<Record<string, string>> = {
  NoSuchKey: 'there is no such object',
  NoSuchVersion: 'there is no such version of the object',
  NoSuchBucket: 'there is no such bucket',
  InvalidBucketName: 'the name of the bucket is invalid',
  InvalidArgument: 'the version id is invalid',
  KeyTooLongError: 'the key is too long',
  MethodNotAllowed: 'the version is a delete marker',
  AccessDenied: 'access is denied, or there is no such object',
  PreconditionFailed: 'the object has changed since it was announced',
  InvalidObjectState: 'the object is archived',
  PermanentRedirect: 'the bucket is in another Region',
  'KMS.DisabledException': 'its KMS key is disabled',
  'KMS.NotFoundException': 'its KMS key does not exist',
  'KMS.KMSInvalidStateException': 'its KMS key cannot be used in its state',
};

/** Explains an error of S3 that lasts; undefined for any other error, which a retry may avoid. */
export function lastingErrorMeaning(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException) || !Object.hasOwn(LASTING_ERRORS, error.name)) return undefined;
  return `${LASTING_ERRORS[error.name]} (${error.name})`;
}

/** Returns the parameters that select the content of a source. A version needs no ETag. */
export function versionOf({ versionId, etag }: Pick<ImageSource, 'versionId' | 'etag'>): {
  readonly VersionId?: string;
  readonly IfMatch?: string;
} {
  if (versionId !== undefined) return { VersionId: versionId };
  return etag === undefined ? {} : { IfMatch: quoted(etag) };
}

/** Events of S3 have ETags without the quotes that the header requires. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

/** In Node.js, every body is a stream. */
export function bodyOf({ Body }: Pick<GetObjectCommandOutput, 'Body'>): Readable {
  if (Body instanceof Readable) return Body;
  throw new Error('S3 sent no body');
}
