import http from 'node:http';
import https from 'node:https';
import * as z from 'zod/mini';

/** An agent whose requests may go through the proxy. Node.js's types omit the options. */
const proxiedAgentSchema = z.object({ options: z.object({ proxyEnv: z.looseObject({}) }) });

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Exempts loopback from the HTTP proxy that Node.js uses when NODE_USE_ENV_PROXY is set. The proxy
 * still serves a remote Aspose.
 */
export function exemptLoopbackFromProxy(): void {
  const { no_proxy: lowerCase, NO_PROXY: upperCase } = process.env;
  // Node.js, too, prefers lower case.
  const exempt = lowerCase || upperCase;
  if (exempt === '*') return;
  process.env['no_proxy'] = [...(exempt ? [exempt] : []), ...LOOPBACK].join();
  const usesProxy = [http, https].some(
    ({ globalAgent }) => z.safeParse(proxiedAgentSchema, globalAgent).success,
  );
  // Older versions have no proxy for `http`, and their `fetch` reads the variable at each request.
  if (usesProxy) http.setGlobalProxyFromEnv?.();
}
