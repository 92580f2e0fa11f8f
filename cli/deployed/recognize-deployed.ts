import { basename, resolve } from 'node:path';
import type { OcrClient } from '../../client/client.ts';
import { CommandError } from '../command-errors.ts';
import { type CommandContext, checkOut, type OutputOptions } from '../output-options.ts';
import { planRecognition, type RecognizeOptions, readImageFile } from '../plan-recognition.ts';
import { type ApiOptions, describingFaults, openDeployedApi, TASK_TIMEOUT_SECONDS } from './open-api.ts';
import { type DeployedEnd, endOfTask, reportTask } from './report-task.ts';
import { createPollDisplay } from './show-polls.ts';

/**
 * Recognizes a file with a deployed courier. Ctrl-C cancels its task.
 *
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 * @throws UsageError or InvalidInput before anything is uploaded, CommandError
 */
export async function recognizeDeployed(
  path: string,
  options: RecognizeOptions & OutputOptions & ApiOptions,
  context: CommandContext,
): Promise<number> {
  const { directory, progress, cancelled } = context;
  const { operation, settings } = planRecognition(options);
  const bytes = await readImageFile(resolve(directory, path), path, { operation, settings });
  await checkOut(options, directory);
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    progress.doing(`uploading ${basename(path)} to the inbox for ${operation}`);
    const request = { fileName: basename(path), operation, settings: { ...settings }, signal: cancelled };
    const imageId = await client.upload(bytes, request).catch(failWhenCancelled(cancelled));
    return await reportTask(client, await endOfImage(client, imageId, context), options, context);
  });
}

function failWhenCancelled(cancelled: AbortSignal) {
  return (error: unknown): never => {
    throw cancelled.aborted ? new CommandError('cancelled before anything was started') : error;
  };
}

/** Waits for the end of an image. After Ctrl-C, its task is cancelled as soon as there is one. */
async function endOfImage(
  client: OcrClient,
  imageId: string,
  { progress, cancelled }: Pick<CommandContext, 'progress' | 'cancelled'>,
): Promise<DeployedEnd> {
  const show = createPollDisplay(progress);
  const ended = new AbortController();
  const cancel = () => void cancelImage(client, imageId, ended.signal);
  cancelled.addEventListener('abort', cancel, { once: true });
  if (cancelled.aborted) cancel();
  progress.doing(`waiting for the end of image ${imageId}`);
  try {
    return await endOfTask(
      client.waitForImage(imageId, {
        timeoutSeconds: TASK_TIMEOUT_SECONDS,
        onProgress({ task }) {
          if (task !== null) show(task);
        },
      }),
    );
  } finally {
    ended.abort();
    cancelled.removeEventListener('abort', cancel);
  }
}

const CHECK_MILLISECONDS = 200;

/** The request that waits for the end does not show the task before. */
async function cancelImage(client: OcrClient, imageId: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const image = await client.readImage(imageId).catch(() => undefined);
    const taskId = image?.taskIds.at(-1);
    if (taskId !== undefined) return await cancelDeployedTask(client, taskId);
    await new Promise((resolve) => setTimeout(resolve, CHECK_MILLISECONDS));
  }
}

/**
 * Cancels a task. One that has just ended is left as it is, and any other fault is one of the
 * request that waits, too.
 */
export async function cancelDeployedTask(client: OcrClient, taskId: string): Promise<void> {
  await client.cancel(taskId).catch(() => undefined);
}
