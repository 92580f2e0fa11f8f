import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { RequestImagePorts } from '../../core/request-image.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { AWS_CLIENT_DEFAULTS } from './client-defaults.ts';

/** Creates links to which one object can be uploaded. */
export function createUploadLinks(bucket: string): RequestImagePorts['uploadLink'] {
  // By default, the SDK would sign the checksum of an empty body.
  const client = new S3Client({ ...AWS_CLIENT_DEFAULTS, requestChecksumCalculation: 'WHEN_REQUIRED' });
  return async (key, contentType, seconds) => {
    // A link that is used twice must not replace an image that is being recognized.
    const headers = { 'if-none-match': '*', ...withoutUndefined({ 'content-type': contentType }) };
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      IfNoneMatch: '*',
      ...withoutUndefined({ ContentType: contentType }),
    });
    const signed = new Set(Object.keys(headers));
    // Headers that are not signed, and not part of the URL, would be optional.
    const options = { expiresIn: seconds, signableHeaders: signed, unhoistableHeaders: signed };
    return { method: 'PUT', url: await getSignedUrl(client, command, options), headers };
  };
}
