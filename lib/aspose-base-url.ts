const VENDOR = 'https://api.aspose.cloud';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The base URL of Aspose.OCR Cloud, checked, without a slash at its end.
 *
 * @param name what the message calls it
 * @param loopback whether http is allowed on this machine's own interface, as local runs need it
 * @throws RangeError for anything else but https with a host and perhaps a path: access tokens travel to it
 */
export function asposeBaseUrl(
  configured: string = VENDOR,
  { name = 'asposeBaseUrl', loopback = false } = {},
): string {
  // Not URL.parse, which a consumer's Node.js 20 lacks.
  const url = URL.canParse(configured) ? new URL(configured) : null;
  const allowed =
    url?.protocol === 'https:' || (loopback && url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === null || !allowed || /[?#@]/.test(configured)) {
    const got = url === null ? 'no URL' : `${url.protocol}//${url.host}${url.pathname}`;
    const http = loopback ? ', or http on the loopback interface,' : '';
    throw new RangeError(
      `${name}: got ${got}; allowed: an https URL${http} without credentials, query or fragment`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
