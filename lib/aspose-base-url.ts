import { InvalidInput } from '../functions/core/invalid-input.ts';

const VENDOR = 'https://api.aspose.cloud';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Checks the base URL of Aspose.OCR Cloud. Only https is accepted, because access tokens are sent
 * there.
 *
 * @param name name of the setting, for the error
 * @param loopback also accepts http on the loopback interface, for local runs
 * @returns the URL without a trailing slash
 * @throws InvalidInput for any other URL
 */
export function asposeBaseUrl(
  configured: string = VENDOR,
  { name = 'asposeBaseUrl', loopback = false } = {},
): string {
  // Node.js 20, which consumers may use, has no URL.parse.
  const url = URL.canParse(configured) ? new URL(configured) : null;
  const allowed =
    url?.protocol === 'https:' || (loopback && url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === null || !allowed || /[?#@]/.test(configured)) {
    const got = url === null ? 'no URL' : `${url.protocol}//${url.host}${url.pathname}`;
    const http = loopback ? ', or http on the loopback interface,' : '';
    throw new InvalidInput(name, got, `an https URL${http} without credentials, query or fragment`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
