import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { until } from '../../support/until.ts';

/** A running MiniStack that listens on the loopback interface. */
export interface MiniStack extends AsyncDisposable {
  readonly endpoint: string;
  /** The end of its output. */
  log(): string;
}

/** Whether the endpoint is a MiniStack. */
export async function isMiniStack(endpoint: string): Promise<boolean> {
  const health = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
  return health?.ok === true;
}

/**
 * Starts MiniStack, a third-party emulator of AWS, without state from earlier runs.
 *
 * Functions inherit MiniStack's environment, so it receives only `PATH` and no AWS credentials. It
 * runs functions with the first `node` on that path, which is this process's Node.js.
 *
 * @param bin the folder that contains the programs of its Python environment
 * @throws Error with the end of its output when it does not start
 */
export async function startMiniStack(bin: string, port: number): Promise<MiniStack> {
  const endpoint = `http://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-e2e-'));
  const child = spawn(join(bin, 'python'), ['-m', 'ministack'], {
    cwd: directory,
    env: {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: directory,
      TMPDIR: directory,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      STATE_DIR: join(directory, 'state'),
      LOG_LEVEL: 'INFO',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, Ctrl-C does not reach it, and one kill ends its functions, too.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-200_000);
    });
  }
  const ended = once(child, 'exit');
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  function kill(signal: NodeJS.Signals): void {
    if (child.pid !== undefined && !exited) process.kill(-child.pid, signal);
  }
  // Ends it however this process ends.
  const killAtExit = () => {
    kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', killAtExit);

  async function stop(): Promise<void> {
    kill('SIGTERM');
    const forceTimer = setTimeout(() => kill('SIGKILL'), 5000);
    if (!exited) await ended;
    clearTimeout(forceTimer);
    process.off('exit', killAtExit);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    await until('MiniStack to start', { seconds: 60 }, async () => {
      if (exited) throw new Error('MiniStack ended immediately.');
      return (await isMiniStack(endpoint)) || undefined;
    });
  } catch (error) {
    await stop();
    throw new Error(`MiniStack did not start:\n${output.slice(-2000)}`, { cause: error });
  }
  return { endpoint, log: () => output, [Symbol.asyncDispose]: stop };
}
