import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  exitError,
  type InvocationResult,
  type LambdaEnvironment,
  type LambdaEnvironmentOptions,
} from '../../../local/embedded-aws/lambda-environment.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** The exit status that stands for SIGKILL. */
const KILLED = 137;

/**
 * An execution environment as on AWS: a process of AWS's runtime client, which loads the bundle and takes its
 * invocations from the runtime API. Its time is the machine's.
 *
 * @param client the client's entry file
 */
export function startRuntimeClient(client: string, options: LambdaEnvironmentOptions): LambdaEnvironment {
  const { setup, environment, timeoutSeconds, onLog } = options;
  let alive = true;

  async function start(): Promise<{
    api: RuntimeApi;
    child: ChildProcess;
    exited: Promise<number>;
  }> {
    const api = await startRuntimeApi();
    const child = spawn(process.execPath, [client], {
      cwd: setup.codeDirectory,
      env: { ...environment, AWS_LAMBDA_RUNTIME_API: api.address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLog);
    const exited = once(child, 'close').then(([code]): number => {
      alive = false;
      return code ?? KILLED;
    });
    return { api, child, exited };
  }
  const started = start();

  return {
    isAlive: () => alive,
    async invoke(payload) {
      const { api, child, exited } = await started;
      const deadline = Date.now() + timeoutSeconds * 1000;
      const timeout = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000);
      const requestId = randomUUID();
      const invoked = api.invoke({
        requestId,
        payload,
        functionArn: setup.functionArn,
        deadline,
      });
      try {
        return await Promise.race([
          invoked,
          api.initError,
          exited.then((exitCode): InvocationResult => ({ error: exitError(requestId, exitCode) })),
        ]);
      } finally {
        clearTimeout(timeout);
      }
    },
    async end() {
      const { api, child, exited } = await started;
      alive = false;
      child.kill('SIGKILL');
      await exited;
      await api.close();
    },
  };
}
