import { type SearchHit, searchHitsSchema } from '../page-contract.ts';
import { errorText, requestJson } from './api-client.ts';
import { byId, element, quiet, showContent } from './dom.ts';
import { fileNameOf } from './file-name.ts';
import { createRefresher } from './refresh.ts';
import { taskHref } from './route.ts';
import { createTime } from './times.ts';
import { readTypedQuery } from './typed-query.ts';

const form = byId('search-form', HTMLFormElement);
const input = byId('search-input', HTMLInputElement);
const section = byId('search-section', HTMLElement);
const status = byId('search-status', HTMLParagraphElement);
const list = byId('hits', HTMLOListElement);

/** Typing pauses for longer than this only between words. */
const DEBOUNCE_MILLISECONDS = 200;
const MAX_HITS = 20;

/** The search box, and its hits. */
export interface Search {
  /** Searches again, because there are new documents. */
  repeat(): void;
}

/** Searches while the user types. Only the response to the latest query is shown. */
export function createSearch(): Search {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = new AbortController();

  function schedule(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), DEBOUNCE_MILLISECONDS);
  }

  async function search(): Promise<void> {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const query = readTypedQuery(input.value);
    section.hidden = query === '';
    if (query === '') return list.replaceChildren();
    try {
      const hits = await requestHits(query, signal);
      showContent(list, ...hits.map((hit) => createRow(hit, query)));
      showContent(status, describeCount(hits.length));
    } catch (error) {
      if (signal.aborted) return;
      list.replaceChildren();
      showContent(status, errorText(error));
    }
  }

  input.addEventListener('input', schedule);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void search();
  });
  form.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    input.value = '';
    void search();
  });

  // Many documents follow each other closely. None of them delays or aborts what is running.
  const { refresh } = createRefresher(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MILLISECONDS));
      await search();
    },
    () => {},
  );

  return {
    repeat() {
      if (!section.hidden) void refresh();
    },
  };
}

/** Finds the best hits for a query. */
export async function requestHits(
  query: string,
  signal?: AbortSignal,
  limit = MAX_HITS,
): Promise<readonly SearchHit[]> {
  const parameters = new URLSearchParams({ q: query, limit: String(limit) });
  const options = signal === undefined ? {} : { signal };
  const { hits } = await requestJson(searchHitsSchema, `/local/search?${parameters}`, options);
  return hits;
}

function describeCount(count: number): string {
  if (count === 0) return 'No recognized text has these words.';
  if (count >= MAX_HITS) return `The best ${MAX_HITS} hits`;
  return count === 1 ? '1 hit' : `${count} hits`;
}

function createRow(hit: SearchHit, query: string): HTMLLIElement {
  const { taskId, index, source, snippetParts, collectedAt } = hit;
  const title = source === null ? taskId : fileNameOf(source);
  const link = element('a', { href: taskHref(taskId, { query, index }) }, title);
  const parts = snippetParts.map(({ text, isMatch }) => (isMatch ? element('mark', {}, text) : text));
  return element('li', {}, link, ' ', quiet('span', createTime(collectedAt)), element('p', {}, ...parts));
}
