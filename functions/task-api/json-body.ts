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
  const type = headers['content-type'];
  if (!/^application\/json *(;|$)/i.test(type ?? '')) {
    throw new UnsupportedMediaType(`content-type: got ${describeType(type)}; allowed: application/json`);
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

/** Shows a common type such as `text/plain`, without its parameters. Nothing else is repeated. */
function describeType(type: string | undefined): string {
  const [, common] = /^((?:application|multipart|text)\/[a-z+-]{1,30}) *(?:;|$)/i.exec(type ?? '') ?? [];
  return common ?? describeValue(type);
}
