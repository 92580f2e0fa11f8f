import { type Connection, problemOf } from './connection.ts';
import { definedFields, definedPolicy } from './defined-fields.ts';
import { TaskFailed } from './errors.ts';
import { dataOf, type HttpApi, stateOf } from './http-api.ts';
import { InvalidOption } from './invalid-option.ts';
import { pathId } from './path-id.ts';
import { inScope } from './scope.ts';
import type {
  CallOptions,
  CollectOptions,
  Results,
  Task,
  TaskDocument,
  TaskQuery,
  TaskSummary,
  WaitOptions,
} from './types.ts';
import { readUntilEnd, withinTimeout } from './wait-until.ts';

/** The calls about tasks. */
export function createTaskCalls(connection: Connection, api: HttpApi) {
  const pathOf = (taskId: string) => ({ params: { path: { taskId: pathId('taskId', taskId) } } });

  /** Waits for the end of a task, and of the tasks that replace it. */
  async function untilEnd(
    first: string,
    onProgress: ((task: Task) => void) | undefined,
    signal: AbortSignal,
  ): Promise<Task> {
    let taskId = first;
    return await readUntilEnd(
      connection,
      signal,
      (headers) => stateOf(api.GET('/tasks/{taskId}', { ...pathOf(taskId), headers, signal })),
      (task) => {
        onProgress?.(task);
        if (task.outcome === undefined) return undefined;
        // An image whose task was lost gets another one.
        if (task.replacedBy === undefined) return task;
        taskId = task.replacedBy;
        return undefined;
      },
    );
  }

  return {
    async collect(taskId: string, options: CollectOptions = {}): Promise<Task> {
      const { operation, submittedAt, correlation, polling, recollect, onProgress } = options;
      const fields = { operation, submittedAt, correlation, polling: definedPolicy(polling), recollect };
      return await withinTimeout(
        options,
        () => ({ taskId }),
        async (signal) => {
          const body = { taskId, ...definedFields(fields) };
          await dataOf(api.POST('/tasks', { body, signal }));
          return completedTask(await untilEnd(taskId, onProgress, signal));
        },
      );
    },

    async wait(taskId: string, options: WaitOptions<Task> = {}): Promise<Task> {
      return await withinTimeout(
        options,
        () => ({ taskId }),
        async (signal) => completedTask(await untilEnd(taskId, options.onProgress, signal)),
      );
    },

    read: (taskId: string, { signal }: CallOptions = {}): Promise<Task> =>
      inScope({ signal }, (scope) =>
        dataOf(api.GET('/tasks/{taskId}', { ...pathOf(taskId), signal: scope })),
      ),

    results: (taskId: string, { signal }: CallOptions = {}): Promise<Results> =>
      inScope({ signal }, (scope) =>
        dataOf(api.GET('/tasks/{taskId}/results', { ...pathOf(taskId), signal: scope })),
      ),

    async download(
      taskId: string,
      document: TaskDocument,
      { signal = new AbortController().signal }: CallOptions = {},
    ): Promise<ReadableStream<Uint8Array>> {
      signal.throwIfAborted();
      if (document !== 'manifest.json' && !(Number.isSafeInteger(document) && document >= 0))
        throw new InvalidOption('document', String(document), 'an index from 0, or manifest.json');
      const url = await documentLink(taskId, document, signal);
      const subject = `Document ${document} of task ${taskId}`;
      return await connection.openLink({ subject, url }, signal);
    },

    async cancel(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
      const { record } = await inScope({ signal }, (scope) =>
        dataOf(api.DELETE('/tasks/{taskId}', { ...pathOf(taskId), signal: scope })),
      );
      return record;
    },

    async *list(query: TaskQuery = {}, { signal }: CallOptions = {}): AsyncGenerator<TaskSummary> {
      let cursor: string | undefined;
      do {
        const params = { query: { ...query, ...definedFields({ cursor }) } };
        const page = await inScope({ signal }, (scope) =>
          dataOf(api.GET('/tasks', { params, signal: scope })),
        );
        yield* page.tasks;
        ({ cursor } = page);
      } while (cursor !== undefined);
    },
  };

  /** Requests a link. Its response redirects to S3, where no header for the API may be sent. */
  async function documentLink(taskId: string, document: TaskDocument, signal: AbortSignal): Promise<string> {
    const listed = await inScope({ signal }, (scope) =>
      dataOf(api.GET('/tasks/{taskId}/results', { ...pathOf(taskId), signal: scope })),
    );
    const { manifestUrl, results } = listed;
    const link = document === 'manifest.json' ? manifestUrl : results[document]?.url;
    if (typeof link === 'string') return link;
    if (document === 'manifest.json') throw new InvalidOption('document', document, NO_DOCUMENTS);
    // The list has the first results only. A browser hides where a redirect leads to.
    const url = `${connection.apiUrl}/tasks/${encodeURIComponent(taskId)}/results/${document}`;
    const request = { method: 'GET', url, headers: {}, body: undefined };
    const response = await inScope({ signal }, (scope) => connection.callApi(request, scope));
    const location = response.headers.get('location');
    if (location !== null) return location;
    if (response.type === 'opaqueredirect')
      throw new InvalidOption('document', String(document), `0 to ${results.length - 1} in a browser`);
    throw problemOf(response, await response.json().catch(() => undefined));
  }
}

/** The tasks that have a manifest. */
const NO_DOCUMENTS = 'a task with documents';

/** @throws TaskFailed for a task that is not Completed */
function completedTask(task: Task): Task {
  const { outcome, reason, messages } = task;
  if (outcome === undefined || outcome === 'Completed') return task;
  throw new TaskFailed({ outcome, reason, messages, task, image: undefined });
}
