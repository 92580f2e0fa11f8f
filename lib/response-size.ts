import { Size } from 'aws-cdk-lib';
import { BODY_SECONDS } from '../functions/core/task-times.ts';

/** Many times the largest result that Aspose documents. */
export const DEFAULT_RESPONSE_SIZE = Size.mebibytes(128);

/**
 * Speed at which a response must arrive. At Lambda's CPU share for 256 MB and over TLS,
 * fetch-result receives, decodes and stores about 20 MiB/s; less than half leaves room for a slow
 * network.
 */
const RECEIVED_MEBIBYTES_PER_SECOND = 8;

/**
 * The largest response that arrives within `BODY_SECONDS`. Memory sets no limit, because documents
 * stream through a file; four times this size is far below the 10,240 MB of temporary storage.
 */
export const MAX_RESPONSE_MEBIBYTES = BODY_SECONDS * RECEIVED_MEBIBYTES_PER_SECOND;

/** Lambda's minimum of temporary storage. */
const MIN_EPHEMERAL_MEBIBYTES = 512;

/**
 * The temporary storage for responses that are decoded at the same time. The decoded documents are
 * smaller than the response, and undecodable data is stored twice for a moment.
 */
export function ephemeralStorageFor(maxResponseSize: Size, responsesAtOnce: number): Size {
  const mebibytes = responsesAtOnce * 2 * maxResponseSize.toMebibytes();
  return Size.mebibytes(Math.max(MIN_EPHEMERAL_MEBIBYTES, mebibytes));
}
