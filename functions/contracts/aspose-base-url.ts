const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Normalizes the base URL of Aspose.OCR Cloud. Only https is allowed, because access tokens are
 * sent there.
 *
 * @param loopback also allows http on the loopback interface, for local runs
 * @returns the URL without a trailing slash; undefined if it is not allowed
 */
export function normalizeBaseUrl(
  text: string,
  { loopback }: { readonly loopback: boolean },
): string | undefined {
  // Node.js 20, which consumers may use, has no URL.parse.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed =
    url?.protocol === 'https:' || (loopback && url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === undefined || !isAllowed || /[?#@]/.test(text)) return undefined;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Describes the allowed URLs, for error messages. */
export function describeBaseUrls({ loopback }: { readonly loopback: boolean }): string {
  const http = loopback ? ', or http on the loopback interface,' : '';
  return `an https URL${http} without credentials, query or fragment`;
}
