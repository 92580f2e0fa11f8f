import { join, resolve } from 'node:path';
import { type Image, type OcrClient, type Task, TaskFailed } from '../../client/client.ts';
import type { CommandContext, OutputOptions } from '../output-options.ts';
import { type CollectedTask, jsonReport, textReport } from '../report.ts';
import { copyTaskDocuments } from './api-documents.ts';

/** How a task or an image ended. */
export interface DeployedEnd {
  /** Undefined when the image got no task. */
  readonly task: Task | undefined;
  /** Undefined when the task was submitted elsewhere. */
  readonly image: Image | undefined;
}

/**
 * Waits for an end. Other than for callers of the client, a failure is an end, too.
 *
 * @throws any error but TaskFailed
 */
export async function endOfTask(ended: Promise<Task>): Promise<DeployedEnd> {
  try {
    return { task: await ended, image: undefined };
  } catch (error) {
    if (!(error instanceof TaskFailed)) throw error;
    return { task: error.task, image: error.image };
  }
}

/**
 * Copies the documents of an ended task, and prints the outcome to stdout.
 *
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 */
export async function reportTask(
  client: OcrClient,
  end: DeployedEnd,
  options: OutputOptions,
  { directory, progress }: CommandContext,
): Promise<number> {
  const { task } = end;
  const outDirectory = resolve(directory, options.out ?? join('out', task?.taskId ?? ''));
  const documents = task === undefined ? [] : await copyTaskDocuments(client, task, outDirectory);
  progress.end();
  const collected = { ...describeEnd(end), documents };
  const report = options.json
    ? jsonReport(collected)
    : await textReport(collected, outDirectory, directory, options);
  process.stdout.write(`${report}\n`);
  return task?.outcome === 'Completed' ? 0 : 1;
}

/** The HTTP API has neither events nor executions, but their ids and times. */
function describeEnd({ task, image }: DeployedEnd): Omit<CollectedTask, 'documents'> {
  const { executionArn = '', startedAt = '', completedAt } = task ?? image ?? {};
  const { reason = 'InternalError', messages = [] } = image ?? {};
  return {
    event: null,
    record: task,
    refusal: task === undefined ? { reason, messages: [...messages] } : undefined,
    execution: {
      executionArn,
      name: executionArn.slice(executionArn.lastIndexOf(':') + 1),
      startDate: new Date(startedAt),
      stopDate: completedAt === undefined ? undefined : new Date(completedAt),
    },
  };
}
