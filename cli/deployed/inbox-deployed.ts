import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OcrClient } from '../../client/client.ts';
import { CommandError, UsageError } from '../command-errors.ts';
import { errorCode } from '../error-code.ts';
import type { InboxOptions } from '../inbox/inbox-plan.ts';
import type { RecognizeFile } from '../inbox/recognize-port.ts';
import type { CommandContext } from '../output-options.ts';
import { planRecognition, type RecognizeOptions } from '../plan-recognition.ts';
import { copyTaskDocuments } from './api-documents.ts';
import { type ApiOptions, describingFaults, openDeployedApi, TASK_TIMEOUT_SECONDS } from './open-api.ts';
import { endOfTask } from './report-task.ts';

/**
 * Watches a folder, and recognizes its files with a deployed courier.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function inboxDeployed(
  directory: string,
  options: InboxOptions & ApiOptions & Pick<RecognizeOptions, 'language' | 'resultType'>,
  context: CommandContext,
): Promise<number> {
  const client = openDeployedApi(options, context);
  // Imported late: it needs SQLite, which Node.js 20 does not have.
  const { runInbox } = await import('../run-inbox.ts').catch((error: unknown) => {
    if (errorCode(error) !== 'ERR_UNKNOWN_BUILTIN_MODULE') throw error;
    throw new UsageError(`inbox: got Node.js ${process.versions.node}; allowed: 22.13 or later`);
  });
  const recognize = recognizeWithApi(client, options);
  return await runInbox(directory, options, context, recognize, (operation, texts) => {
    const setting = Object.entries(texts).map(([name, text]) => `${name}=${text}`);
    return { ...planRecognition({ ...options, operation, setting }).settings };
  });
}

/** Recognizes files over HTTP. A fault of the API says nothing about the file. */
export function recognizeWithApi(client: OcrClient, api: ApiOptions): RecognizeFile {
  return async ({ path, operation, settings }, outDirectory) => {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new CommandError(`it cannot be read (${errorCode(error) ?? error})`);
    });
    try {
      return await describingFaults(api, async () => {
        const request = {
          fileName: basename(path),
          operation,
          settings,
          timeoutSeconds: TASK_TIMEOUT_SECONDS,
        };
        const { task, image } = await endOfTask(client.recognize(bytes, request));
        if (task === undefined) {
          return { outcome: 'Refused', reason: image?.reason, message: textOf(image?.messages) };
        }
        await copyTaskDocuments(client, task, outDirectory);
        return { outcome: task.outcome ?? 'Failed', reason: task.reason, message: textOf(task.messages) };
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { outcome: 'Failed', reason: 'UpstreamUnavailable', message: error.message };
    }
  };
}

function textOf(messages: readonly string[] = []): string | undefined {
  return messages.join(' ') || undefined;
}
