import { parseInputToStart } from '../../functions/core/execution-input.ts';
import { type CommandContext, checkOut, type OutputOptions } from '../output-options.ts';
import { type ApiOptions, describingFaults, openDeployedApi, TASK_TIMEOUT_SECONDS } from './open-api.ts';
import { cancelDeployedTask } from './recognize-deployed.ts';
import { endOfTask, reportTask } from './report-task.ts';
import { createPollDisplay } from './show-polls.ts';

/** The options of `collect`, as given. */
export interface CollectCommandOptions extends OutputOptions {
  readonly operation?: string;
  readonly submittedAt?: string;
  readonly polling?: unknown;
}

/**
 * Collects the result of a task with a deployed courier. Ctrl-C cancels the collection.
 *
 * @returns the exit status
 * @throws InvalidInput before anything is started, CommandError
 */
export async function collectDeployed(
  taskId: string,
  { operation, submittedAt, polling, ...options }: CollectCommandOptions & ApiOptions,
  context: CommandContext,
): Promise<number> {
  const { progress, cancelled } = context;
  const input = parseInputToStart({ taskId, operation, submittedAt, polling }, Date.now());
  await checkOut(options, context.directory);
  const client = openDeployedApi(options, context);
  return await describingFaults(options, async () => {
    progress.doing(`waiting for task ${taskId}`);
    const cancel = () => void cancelDeployedTask(client, taskId);
    cancelled.addEventListener('abort', cancel, { once: true });
    try {
      const collecting = client.collect(taskId, {
        operation: input.operation,
        submittedAt: input.submittedAt,
        polling: input.polling,
        timeoutSeconds: TASK_TIMEOUT_SECONDS,
        onProgress: createPollDisplay(progress),
      });
      return await reportTask(client, await endOfTask(collecting), options, context);
    } finally {
      cancelled.removeEventListener('abort', cancel);
    }
  });
}
