import type { Clock } from '../clock.ts';
import { ACCOUNT_ID } from './aws-account.ts';
import type { EventContent } from './event-bus.ts';

/** An object that a request has created in a bucket. */
export interface CreatedObject {
  readonly bucket: string;
  /** Plain, not URL-encoded. */
  readonly key: string;
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  readonly requestId: string;
  readonly sourceIpAddress: string;
}

/**
 * Creates a function that returns the "Object Created" event of an object (source: "Amazon S3
 * event message structure" in the S3 guide). Its sequencers increase, also after a restart.
 */
export function createObjectCreatedEvents(clock: Clock): (created: CreatedObject) => EventContent {
  let last = 0;
  return ({ bucket, key, bytes, etag, reason, requestId, sourceIpAddress }) => {
    // In thousandths of a millisecond, to tell objects of the same millisecond apart.
    last = Math.max(last + 1, Math.trunc(clock.now() * 1000));
    return {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { key, size: bytes, etag, sequencer: last.toString(16).toUpperCase().padStart(18, '0') },
        'request-id': requestId,
        requester: ACCOUNT_ID,
        'source-ip-address': sourceIpAddress,
        reason,
      },
    };
  };
}
