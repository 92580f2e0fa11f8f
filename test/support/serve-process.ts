import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { commandEnvironment, MAIN } from './run-command.ts';

/** A command that runs until Ctrl-C, as its own process. */
export interface CommandProcess extends AsyncDisposable {
  /** The lines of stdout so far. */
  readonly lines: readonly string[];
  /** Everything written to stderr since it became ready. */
  stderr(): string;
  /** Resolves with the first line that contains these words, past or future. */
  line(words: string): Promise<string>;
  /** Sends Ctrl-C. @returns the exit status */
  interrupt(): Promise<number | null>;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
}

/** `serve`, on a free port. */
export interface ServeProcess extends CommandProcess {
  /** The URL of the page that it prints. */
  readonly url: string;
}

/** Starts `serve` and waits until it is ready. */
export async function startServe(
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<ServeProcess> {
  const serve = await startCommand(['serve', ...args], 'Events follow', environment);
  const page = await serve.line('The page');
  return { ...serve, url: page.replace(/^The page\s+(.*)\/$/, '$1') };
}

/**
 * Starts a command without the caller's ASPOSE_ variables.
 *
 * @param ready words that it prints when it is ready
 */
export async function startCommand(
  args: readonly string[],
  ready: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandProcess> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...commandEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const closed = once(output, 'close');
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });

  async function line(words: string): Promise<string> {
    for (;;) {
      const found = lines.find((printed) => printed.includes(words));
      if (found !== undefined) return found;
      const ended = closed.then(() => {
        throw new Error(`${args[0]} ended without printing ${words}:\n${lines.join('\n')}\n${stderr}`);
      });
      await Promise.race([once(output, 'line'), ended]);
    }
  }

  async function interrupt(): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await exited;
    return child.exitCode;
  }

  await line(ready);
  stderr = '';
  return {
    lines,
    stderr: () => stderr,
    line,
    interrupt,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    [Symbol.asyncDispose]: async () => void (await interrupt()),
  };
}
