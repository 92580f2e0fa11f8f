import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describeValue, InvalidInput } from '../core/invalid-input.ts';

/** The request's content-type is not JSON. */
export class UnsupportedMediaType extends Error {
  override readonly name = 'UnsupportedMediaType';
}

/**
 * Parses the body of a request. Middy's own parser quotes the body in its errors, which are logged.
 *
 * @throws UnsupportedMediaType, or InvalidInput when the body is not JSON
 */
export function jsonBody({ headers, body = '', isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  const contentType = headers['content-type'];
  if (!/^application\/json *(;|$)/i.test(contentType ?? '')) {
    throw new UnsupportedMediaType(
      `content-type: got ${describeMediaType(contentType)}; allowed: application/json`,
    );
  }
  const decoded = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  // Some editors put a byte order mark before the text.
  const text = decoded.replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('body', `${text.length} characters that are not JSON`, 'a JSON object');
  }
}

/** Shows a media type without its parameters, and describes anything else. */
function describeMediaType(contentType: string | undefined): string {
  const [mediaType] = /^[a-z]{1,16}\/[a-z0-9.+-]{1,64}(?= *(;|$))/i.exec(contentType ?? '') ?? [];
  return mediaType ?? describeValue(contentType);
}
