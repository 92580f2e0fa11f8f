import type { TaskQuery, TaskSummary } from '../../client/client.ts';
import { isOperationName, OPERATION_NAMES } from '../../functions/contracts/operations.ts';
import { OUTCOME_NAMES } from '../../functions/contracts/outcomes.ts';
import { taskIdSchema } from '../../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import { printable } from '../../functions/core/printable.ts';
import { type CommandContext, checkOut, type OutputOptions } from '../output-options.ts';
import { type ApiOptions, describingFaults, openDeployedApi } from './open-api.ts';
import { reportTask } from './report-task.ts';

/** The options of `list`, as given. */
export interface ListOptions extends ApiOptions {
  readonly status?: string;
  readonly operation?: string;
  readonly limit?: string;
  readonly json?: true;
}

const DEFAULT_LISTED = '20';
const MAX_LISTED = 10_000;
const MAX_PAGE = 100;

const STATUSES = ['Collecting', ...OUTCOME_NAMES] as const;

/**
 * Prints the newest tasks, one line each.
 *
 * @returns the exit status
 * @throws InvalidInput or CommandError
 */
export async function listDeployed(options: ListOptions, context: CommandContext): Promise<number> {
  const limit = parseLimit(options.limit ?? DEFAULT_LISTED);
  const query = { ...parseFilters(options), limit: Math.min(limit, MAX_PAGE) };
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    const listed: TaskSummary[] = [];
    for await (const task of client.list(query, { signal: context.cancelled })) {
      if (listed.push(task) >= limit) break;
    }
    const text = options.json ? JSON.stringify(listed, null, 2) : listed.map(taskLine).join('\n');
    if (text !== '') process.stdout.write(`${text}\n`);
    return 0;
  });
}

function parseLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LISTED) return limit;
  throw new InvalidInput('limit', `'${text}'`, `a whole number from 1 to ${MAX_LISTED}`);
}

function parseFilters({ status, operation }: ListOptions): TaskQuery {
  const known = STATUSES.find((name) => name === status);
  if (status !== undefined && known === undefined) {
    throw new InvalidInput('status', `'${status}'`, STATUSES.join(', '));
  }
  if (operation !== undefined && !isOperationName(operation)) {
    throw new InvalidInput('operation', `'${operation}'`, OPERATION_NAMES.join(', '));
  }
  return { ...(known !== undefined && { status: known }), ...(operation !== undefined && { operation }) };
}

/** Such as `2026-01-31T12:00:00.000Z  Completed  RecognizeImage  6e6fa5c4-...`. */
function taskLine({ taskId, status, reason, operation, startedAt, correlation }: TaskSummary): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  const reference = correlation === undefined ? '' : `  ${correlation}`;
  return printable(`${startedAt}  ${`${status}${why}`.padEnd(10)}  ${operation}  ${taskId}${reference}`);
}

/**
 * Prints the record of a task as JSON.
 *
 * @returns the exit status
 * @throws InvalidInput or CommandError
 */
export async function showDeployed(
  taskId: string,
  options: ApiOptions,
  context: CommandContext,
): Promise<number> {
  parseInput(taskIdSchema, taskId, 'taskId');
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    const task = await client.read(taskId, { signal: context.cancelled });
    process.stdout.write(`${JSON.stringify(task, null, 2)}\n`);
    return 0;
  });
}

/**
 * Cancels the collection of a task, and prints its outcome.
 *
 * @returns the exit status
 * @throws InvalidInput or CommandError
 */
export async function cancelDeployed(
  taskId: string,
  options: ApiOptions,
  context: CommandContext,
): Promise<number> {
  parseInput(taskIdSchema, taskId, 'taskId');
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    const { status } = await client.cancel(taskId, { signal: context.cancelled });
    process.stdout.write(`${printable(`${taskId} -> ${status}`)}\n`);
    return 0;
  });
}

/**
 * Copies the documents of an ended task, and prints them as `recognize` does.
 *
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 */
export async function downloadDeployed(
  taskId: string,
  options: OutputOptions & ApiOptions,
  context: CommandContext,
): Promise<number> {
  parseInput(taskIdSchema, taskId, 'taskId');
  await checkOut(options, context.directory);
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    context.progress.doing(`downloading the documents of task ${taskId}`);
    // It says whether the task has ended, and whether its documents still exist.
    await client.results(taskId, { signal: context.cancelled });
    const task = await client.read(taskId, { signal: context.cancelled });
    return await reportTask(client, { task, image: undefined }, options, context);
  });
}
