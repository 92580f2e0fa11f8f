import type { IncomingMessage } from 'node:http';

/** What web pages of some origins may do. */
export interface CorsRule {
  /** `*` allows every origin. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** Request headers, in lower case. */
  readonly headers: readonly string[];
  /** Response headers that pages can read. */
  readonly exposed: readonly string[];
}

/** Whether a rule allows requests of the page that sent this one. */
export function allowsOrigin(
  rule: CorsRule | undefined,
  { headers }: Pick<IncomingMessage, 'headers'>,
): boolean {
  const { origin } = headers;
  return (
    origin !== undefined &&
    rule !== undefined &&
    (rule.origins.includes('*') || rule.origins.includes(origin))
  );
}

/** Whether a browser asks what a page may do. */
export function isPreflight({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** The headers of the response to an allowed origin. */
export function corsHeaders(
  { origins, methods, headers: allowed, exposed }: CorsRule,
  request: Pick<IncomingMessage, 'method' | 'headers'>,
): Record<string, string> {
  const { origin = '' } = request.headers;
  return {
    'access-control-allow-origin': origins.includes('*') ? '*' : origin,
    ...(exposed.length > 0 && { 'access-control-expose-headers': exposed.join(',') }),
    ...(isPreflight(request) && {
      'access-control-allow-methods': methods.join(','),
      'access-control-allow-headers': allowed.join(','),
    }),
  };
}
