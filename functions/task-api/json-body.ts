import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { InvalidInput } from '../core/invalid-input.ts';

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
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new UnsupportedMediaType('content-type: got another type or none; allowed: application/json');
  }
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('body', `${text.length} characters that are not JSON`, 'a JSON object');
  }
}
