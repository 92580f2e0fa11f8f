import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BatchFiles, BatchLineReader, LargeFile } from '../../core/batch/batch-ports.ts';
import { splitLines } from '../../core/batch/split-lines.ts';
import { bodyOf } from './object-reads.ts';

/** Minimum size of a part in bytes. S3 allows 10,000 parts, and at least 5 MiB for each. */
const PART_BYTES = 8 * 1024 * 1024;

/** Maximum length of a line of a batch's own files, which has the settings of an image at most. */
const MAX_LINE_CHARACTERS = 2 * 1024 * 1024;

/** Reads and writes the objects of batches in the results bucket. */
export function createBatchFiles(client: S3Client, bucket: string): BatchFiles & BatchLineReader {
  return {
    async read(key, range) {
      if (range !== undefined && range.bytes === 0) return '';
      const last = range && range.from + range.bytes - 1;
      const response = await getObject(client, {
        Bucket: bucket,
        Key: key,
        ...(range && { Range: `bytes=${range.from}-${last}` }),
      });
      return await response?.Body?.transformToString('utf-8');
    },

    async readLines(key) {
      const response = await getObject(client, { Bucket: bucket, Key: key });
      return response && splitLines(bodyOf(response).setEncoding('utf8'), MAX_LINE_CHARACTERS);
    },

    async write(key, content, contentType) {
      await client.send(new PutObjectCommand({ ...describe(bucket, key, contentType), Body: content }));
    },

    create: async (key, contentType) => createLargeFile(client, describe(bucket, key, contentType)),
  };
}

interface GetRequest {
  readonly Bucket: string;
  readonly Key: string;
  readonly Range?: string;
}

async function getObject(client: S3Client, request: GetRequest) {
  try {
    return await client.send(new GetObjectCommand(request));
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    if (error.name === 'NoSuchKey') return undefined;
    // S3 also denies access to a missing key when the caller may not list the whole bucket.
    if (error.name === 'AccessDenied' && !(await exists(client, request))) return undefined;
    throw error;
  }
}

/** Checks whether an object exists. Its caller may list the keys of batches. */
async function exists(client: S3Client, { Bucket, Key }: GetRequest): Promise<boolean> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
  // S3 lists a key before those that begin with it.
  return Contents[0]?.Key === Key;
}

/** An object to be written. */
function describe(bucket: string, key: string, contentType: string) {
  return {
    Bucket: bucket,
    Key: key,
    ContentType: contentType,
    // An untrusted text opened from a link must not run scripts in the bucket's origin.
    ContentDisposition: `attachment; filename="${key.slice(key.lastIndexOf('/') + 1)}"`,
  };
}

/** Writes an object in parts. Content that is smaller than a part is one PUT, at the end. */
function createLargeFile(client: S3Client, description: ReturnType<typeof describe>): LargeFile {
  const { Bucket, Key } = description;
  const parts: CompletedPart[] = [];
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let uploadId: string | undefined;

  function takePending(): Buffer {
    const content = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return content;
  }

  async function uploadPart(): Promise<void> {
    if (uploadId === undefined) {
      // The SDK computes it for every part. S3 compares only what the upload announces.
      const announced = { ...description, ChecksumAlgorithm: 'CRC32' as const };
      const begun = await client.send(new CreateMultipartUploadCommand(announced));
      if (begun.UploadId === undefined) throw new Error('S3 began an upload without an id');
      uploadId = begun.UploadId;
    }
    const PartNumber = parts.length + 1;
    const part = {
      Bucket,
      Key,
      UploadId: uploadId,
      PartNumber,
      Body: takePending(),
      ChecksumAlgorithm: 'CRC32' as const,
    };
    const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand(part));
    parts.push({ PartNumber, ETag, ChecksumCRC32 });
  }

  return {
    async write(text) {
      const bytes = Buffer.from(text);
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= PART_BYTES) await uploadPart();
    },

    async end() {
      if (uploadId === undefined) {
        await client.send(new PutObjectCommand({ ...description, Body: takePending() }));
        return;
      }
      if (pendingBytes > 0) await uploadPart();
      const upload = { Bucket, Key, UploadId: uploadId, MultipartUpload: { Parts: parts } };
      await client.send(new CompleteMultipartUploadCommand(upload));
      uploadId = undefined;
    },

    async abort() {
      takePending();
      if (uploadId === undefined) return;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId }));
      uploadId = undefined;
    },
  };
}
