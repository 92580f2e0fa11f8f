import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';

/** What a path of the vendor's API leads to, with the methods that it takes. */
export type Route =
  | { readonly kind: 'token'; readonly methods: readonly string[] }
  | { readonly kind: 'task status'; readonly methods: readonly string[] }
  | { readonly kind: 'operation'; readonly methods: readonly string[]; readonly operation: OperationName };

/**
 * Finds the route of a path, in any letter case. Operations are also served without `/ocr`: one of the vendor's
 * own SDKs leaves it out when it is given another base URL.
 */
export function findRoute(path: string): Route | undefined {
  const lowerCasePath = path.toLowerCase();
  if (lowerCasePath === '/connect/token') return { kind: 'token', methods: ['POST'] };
  const name = /^\/v5\.0\/(?:ocr\/)?(.+)$/.exec(lowerCasePath)?.[1];
  if (name === 'utilities/gettaskstatus') return { kind: 'task status', methods: ['GET'] };
  const operation = OPERATION_NAMES.find((candidate) => candidate.toLowerCase() === name);
  return operation && { kind: 'operation', methods: ['POST', 'GET', 'DELETE'], operation };
}
