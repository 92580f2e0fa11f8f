import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { until } from './until.ts';

/** MiniStack, listening on loopback. */
export interface MiniStack extends AsyncDisposable {
  readonly endpoint: string;
  /** The last lines that it wrote. */
  log(): string;
}

/** Whether MiniStack answers there. */
export async function isMiniStack(endpoint: string): Promise<boolean> {
  const health = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
  return health?.ok === true;
}

/**
 * Starts MiniStack, an emulator of AWS that is not ours, with nothing kept from earlier runs.
 *
 * Its functions inherit its environment: it gets none of ours but where programs are, so that no credentials of AWS reach
 * them; and this process's Node.js is first on the path, as it runs functions with whatever `node` it finds.
 *
 * @param bin the folder of programs of its Python environment
 * @throws Error with the end of its log when it does not come up
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
    // A group of its own: Ctrl-C is for us, and its functions' processes end with it.
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
  // However we end, it ends with us.
  const killAtExit = () => {
    kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', killAtExit);

  async function stop(): Promise<void> {
    kill('SIGTERM');
    const insist = setTimeout(() => kill('SIGKILL'), 5000);
    if (!exited) await ended;
    clearTimeout(insist);
    process.off('exit', killAtExit);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    await until('MiniStack to come up', { seconds: 60 }, async () => {
      if (exited) throw new Error('MiniStack ended at once.');
      return (await isMiniStack(endpoint)) || undefined;
    });
  } catch (error) {
    await stop();
    throw new Error(`MiniStack did not start:\n${output.slice(-2000)}`, { cause: error });
  }
  return { endpoint, log: () => output, [Symbol.asyncDispose]: stop };
}
