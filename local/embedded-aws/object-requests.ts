import type { buildApp } from 'fauxqs';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { CreatedObject } from './object-created.ts';
import { escapeXml, readTagging, readTaggingHeader, writeTagging } from './object-tags.ts';
import type { OpenStores } from './s3-and-sqs-stores.ts';

/** The part of a request that identifies an object and the operation on it. */
const objectRequestSchema = z.object({
  method: z.string(),
  params: z.object({ bucket: z.string(), '*': z.string().min(1) }),
  query: z.record(z.string(), z.unknown()),
  headers: z.record(z.string(), z.unknown()),
});
type ObjectRequest = z.infer<typeof objectRequestSchema>;

/** The metadata in which the tags of an object are stored. Requests do not see it. */
const TAGS = 'embedded-aws-tags';
const TAGS_HEADER = `x-amz-meta-${TAGS}`;

export interface ObjectRequestsOptions {
  readonly server: ReturnType<typeof buildApp>;
  readonly stores: OpenStores;
  readonly onCreated: (created: CreatedObject) => void;
}

/**
 * Adds to the S3 of fauxqs what it lacks: tags of objects, `If-None-Match: *` for writes, uploads
 * without a body, and a notice of created objects.
 */
export function serveObjectRequests({ server, stores, onCreated }: ObjectRequestsOptions): void {
  const { s3Store } = stores.stores;

  // Before the response, because its receiver may wait for the event's deliveries.
  server.addHook('onSend', async (request, reply) => {
    const tags = reply.getHeader(TAGS_HEADER);
    reply.removeHeader(TAGS_HEADER);
    if (typeof tags === 'string') reply.header('x-amz-tagging-count', readTaggingHeader(tags).size);
    const parsed = objectRequestSchema.safeParse(request);
    const reason = parsed.data && creationReason(parsed.data);
    if (parsed.data === undefined || reason === undefined || reply.statusCode !== 200) return;
    const { bucket, '*': key } = parsed.data.params;
    const { contentLength, etag } = s3Store.headObject(bucket, key);
    onCreated({
      ...{ bucket, key, reason },
      bytes: contentLength,
      etag: etag.replaceAll('"', ''),
      requestId: String(reply.getHeader('x-amz-request-id')),
      sourceIpAddress: request.ip,
    });
  });

  server.addHook('preHandler', async (request, reply) => {
    const parsed = objectRequestSchema.safeParse(request);
    if (!parsed.success) return;
    // fauxqs fails on an upload without a body and a type, such as a folder marker.
    if (request.method === 'PUT') request.body ??= Buffer.alloc(0);
    const { bucket, '*': key } = parsed.data.params;
    const send = (status: number, xml?: string) => reply.code(status).type('application/xml').send(xml);
    const refuse = (status: number, code: string, message: string) =>
      send(
        status,
        `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`,
      );
    try {
      if ('tagging' in parsed.data.query) {
        const { status, xml } = serveTagging(parsed.data, String(request.body));
        return send(status, xml);
      }
      const { 'if-none-match': ifNoneMatch, 'x-amz-tagging': tagging } = request.headers;
      if (ifNoneMatch === '*' && creationReason(parsed.data) !== undefined && exists(bucket, key)) {
        const message = 'At least one of the pre-conditions you specified did not hold';
        return refuse(412, 'PreconditionFailed', message);
      }
      // fauxqs stores it with the object, or with the multipart upload.
      if (typeof tagging === 'string') {
        readTaggingHeader(tagging);
        request.headers[TAGS_HEADER] = tagging;
      }
    } catch (error) {
      if (error instanceof AwsError) return refuse(400, error.name, error.message);
      const s3Error = s3ErrorSchema.safeParse(error);
      if (!s3Error.success) throw error;
      return refuse(s3Error.data.statusCode, s3Error.data.code, s3Error.data.message);
    }
  });

  function serveTagging({ method, params }: ObjectRequest, body: string): { status: number; xml?: string } {
    const { bucket, '*': key } = params;
    const { [TAGS]: tags = '', ...metadata } = s3Store.headObject(bucket, key).metadata;
    switch (method) {
      case 'GET':
        return { status: 200, xml: writeTagging(readTaggingHeader(tags)) };
      case 'PUT': {
        const encoded = new URLSearchParams([...readTagging(body)]).toString();
        stores.setMetadata(bucket, key, { ...metadata, [TAGS]: encoded });
        return { status: 200 };
      }
      default:
        stores.setMetadata(bucket, key, metadata);
        return { status: 204 };
    }
  }

  function exists(bucket: string, key: string): boolean {
    try {
      s3Store.headObject(bucket, key);
      return true;
    } catch {
      return false;
    }
  }
}

/** An error of fauxqs. */
const s3ErrorSchema = z.object({ code: z.string(), message: z.string(), statusCode: z.number() });

/** Returns how a request creates an object; undefined when it does not. */
function creationReason({ method, query, headers }: ObjectRequest): CreatedObject['reason'] | undefined {
  if (method === 'POST') return 'uploadId' in query ? 'CompleteMultipartUpload' : undefined;
  if (method !== 'PUT' || 'uploadId' in query || 'tagging' in query) return undefined;
  return 'x-amz-copy-source' in headers ? 'CopyObject' : 'PutObject';
}
