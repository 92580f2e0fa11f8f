/** What the page shows besides its lists. It is in the URL, so that it survives a reload. */
export type Route =
  | { readonly kind: 'none' }
  | { readonly kind: 'task'; readonly taskId: string; readonly match?: SearchMatch }
  | { readonly kind: 'batch'; readonly batchId: string };

/** A hit of the search: which words were searched, and the document that has them. */
export interface SearchMatch {
  readonly query: string;
  readonly index: number;
}

/** The ids of tasks and batches. Others are not requested from the server. */
const ROUTE_FORM = /^#(task|batch)\/([A-Za-z0-9-]{1,64})(?:\?(.*))?$/;

/** Reads the fragment of a URL. An unknown one shows nothing. */
export function parseRoute(hash: string): Route {
  const [, kind, id = '', query = ''] = ROUTE_FORM.exec(hash) ?? [];
  if (kind === 'batch') return { kind, batchId: id };
  if (kind !== 'task') return { kind: 'none' };
  const parameters = new URLSearchParams(query);
  const words = parameters.get('q') ?? '';
  const index = Number(parameters.get('document') ?? '0');
  if (words === '' || !Number.isInteger(index)) return { kind, taskId: id };
  return { kind, taskId: id, match: { query: words, index } };
}

export function taskHref(taskId: string, match?: SearchMatch): string {
  if (match === undefined) return `#task/${taskId}`;
  return `#task/${taskId}?${new URLSearchParams({ q: match.query, document: String(match.index) })}`;
}

export function batchHref(batchId: string): string {
  return `#batch/${batchId}`;
}

/** The fragment that shows nothing. An empty one would reload the page in some browsers. */
export const NO_ROUTE = '#';
