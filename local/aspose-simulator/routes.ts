import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';

/** An endpoint of Aspose's API, with the methods that it allows. */
export type AsposeRoute =
  | { readonly kind: 'token'; readonly methods: readonly string[] }
  | { readonly kind: 'task status'; readonly methods: readonly string[] }
  | { readonly kind: 'operation'; readonly methods: readonly string[]; readonly operation: OperationName };

/**
 * Finds the route of a path, in any letter case. Operations have a second path without `/ocr`: one
 * of Aspose's SDKs leaves it out when another base URL is set.
 */
export function findRoute(path: string): AsposeRoute | undefined {
  const lowerCasePath = path.toLowerCase();
  if (lowerCasePath === '/connect/token') return { kind: 'token', methods: ['POST'] };
  const name = /^\/v5\.0\/(?:ocr\/)?(.+)$/.exec(lowerCasePath)?.[1];
  if (name === 'utilities/gettaskstatus') return { kind: 'task status', methods: ['GET'] };
  const operation = OPERATION_NAMES.find((candidate) => candidate.toLowerCase() === name);
  return operation && { kind: 'operation', methods: ['POST', 'GET', 'DELETE'], operation };
}
