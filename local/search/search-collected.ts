import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import type { DataDirectory } from '../../cli/data-directory.ts';
import { EVENT_SOURCE, taskEventDetailSchema } from '../../functions/contracts/task-event.ts';
import { storagePrefix } from '../../functions/core/manifest.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { openCollectedTasks } from './collected-tasks.ts';
import { type FoundHit, findHits } from './find-hits.ts';
import { createIndexFile, INDEX_FILE, isDamage, openIndexFile, openMemoryIndex } from './index-file.ts';
import type { SearchHits } from './search-hits.ts';
import { removeTask, replaceTask } from './write-index.ts';

/** Searches the text of all documents that a stack has collected. */
export interface CollectedSearch extends AsyncDisposable {
  /** Never rejects: a query that cannot be searched has no hits. */
  find(query: string, limit: number): Promise<SearchHits>;
  /** Resolves when all documents so far are in the index. */
  settled(): Promise<void>;
}

export interface CollectedSearchOptions {
  /** Keeps the index. @default - in memory */
  readonly data?: Pick<DataDirectory, 'path'> | undefined;
  /** Receives errors that leave the search without some documents. */
  readonly onFault: (fault: unknown) => void;
}

const taskEventSchema = z.object({ source: z.literal(EVENT_SOURCE), detail: taskEventDetailSchema });

/** Removed documents are found one response at a time. More of them wait for the next search. */
const MAX_SEARCHES = 5;

/**
 * Indexes the documents of a stack: those from now on, and those of earlier processes that the
 * index lacks. The documents are the truth; an index that is lost is built again from them.
 */
export function searchCollected(
  stack: Pick<EmbeddedStack, 'clientConfig' | 'resource' | 'onEvent'>,
  { data, onFault }: CollectedSearchOptions,
): CollectedSearch {
  const tasks = openCollectedTasks(stack);
  const path = data && join(data.path, INDEX_FILE);
  /** Prefixes of tasks. The last one is indexed first: new tasks do not wait for old ones. */
  let waiting: string[] = [];
  let database = openOrInMemory(openIndexFile);
  let isClosed = false;
  let isReplaced = false;
  let working: Promise<void> | undefined;
  let comparing = compare();

  function openOrInMemory(open: (path: string) => DatabaseSync): DatabaseSync {
    try {
      return path === undefined ? openMemoryIndex() : open(path);
    } catch (error) {
      onFault(error);
      return openMemoryIndex();
    }
  }

  /** Reports an error, and replaces a damaged index. */
  function handle(error: unknown): void {
    if (isClosed) return;
    onFault(error);
    if (!isDamage(error)) return;
    if (database.isOpen) database.close();
    // A disk that damages the new index, too, gets no third one.
    database = isReplaced ? openMemoryIndex() : openOrInMemory(createIndexFile);
    isReplaced = true;
    comparing = compare();
  }

  /** Compares the index with the documents, and indexes the difference. */
  async function compare(): Promise<void> {
    try {
      const stored = await tasks.list();
      if (isClosed) return;
      const indexed = new Map(
        database
          .prepare('SELECT task_id, fingerprint FROM tasks')
          .all()
          .map(({ task_id, fingerprint }) => [task_id, fingerprint]),
      );
      const kept = new Set<unknown>(stored.map(({ taskId }) => taskId));
      for (const taskId of indexed.keys()) if (!kept.has(taskId)) removeTask(database, String(taskId));
      const changed = stored.filter(({ taskId, fingerprint }) => indexed.get(taskId) !== fingerprint);
      waiting = [...changed.map(({ prefix }) => prefix), ...waiting];
      startWorking();
    } catch (error) {
      handle(error);
    }
  }

  function startWorking(): void {
    working ??= work().finally(() => {
      working = undefined;
    });
  }

  async function work(): Promise<void> {
    for (let prefix = waiting.pop(); prefix !== undefined && !isClosed; prefix = waiting.pop()) {
      await indexTask(prefix).catch(handle);
    }
  }

  async function indexTask(prefix: string): Promise<void> {
    const stored = await tasks.find(prefix);
    const task = stored && (await tasks.read(stored));
    if (isClosed) return;
    if (task === undefined) removeTask(database, prefix.slice(prefix.lastIndexOf('/') + 1));
    else replaceTask(database, task);
  }

  /** Indexes tasks again whose documents have been removed. @returns whether there are any */
  async function forgetRemoved(found: readonly FoundHit[]): Promise<boolean> {
    const keys = [...new Set(found.flatMap((hit) => hit.keys))];
    const missing = await Promise.all(keys.map(async (key) => ((await tasks.exists(key)) ? [] : [key])));
    const prefixes = new Set(missing.flat().map((key) => key.slice(0, key.lastIndexOf('/'))));
    for (const prefix of prefixes) await indexTask(prefix);
    return prefixes.size > 0;
  }

  const stopListening = stack.onEvent((event) => {
    const detail = z.safeParse(taskEventSchema, event).data?.detail;
    if (detail === undefined || isClosed) return;
    waiting.push(storagePrefix(detail));
    startWorking();
  });

  return {
    async find(query, limit) {
      try {
        for (let searches = 0; searches < MAX_SEARCHES; searches += 1) {
          const found = await findHits(database, query, limit);
          if (!(await forgetRemoved(found))) return { hits: found.map(({ hit }) => hit) };
        }
      } catch (error) {
        handle(error);
      }
      return { hits: [] };
    },
    async settled() {
      await comparing;
      await working;
    },
    async [Symbol.asyncDispose]() {
      stopListening();
      isClosed = true;
      await comparing;
      await working;
      if (database.isOpen) database.close();
    },
  };
}
