import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { pythonTool } from './python-tools.ts';
import { CACHE, CheckFailed, PROJECT, runTool } from './run-tool.ts';

const HOUR_MILLISECONDS = 60 * 60 * 1000;
/** Far more than it takes on a busy machine, synthesis included. */
const START_SECONDS = 120;
/** Likewise, of a sample. */
const COLLECTION_SECONDS = 60;

/** The HTTP API of `serve` with Schemathesis, which makes its requests of docs/openapi.json: schemathesis.toml tells how. */
export async function checkApi(): Promise<void> {
  const schemathesis = await pythonTool('schemathesis');
  await using server = await startServe();
  const { taskId } = await collectSample(server.url);
  const directory = join(CACHE, 'schemathesis');
  await mkdir(directory, { recursive: true });
  await copyFile(join(import.meta.dirname, 'schemathesis.toml'), join(directory, 'schemathesis.toml'));
  await writeDictionary(join(directory, 'tasks.txt'), [taskId]);
  await writeDictionary(join(directory, 'past.txt'), [
    '2026-01-31T12:00:00Z',
    '2026-01-31T12:00:00.123456+05:30',
    new Date(Date.now() - HOUR_MILLISECONDS).toISOString(),
  ]);
  const document = join(PROJECT, 'docs', 'openapi.json');
  await runTool(schemathesis, ['run', document, '--url', server.url], { directory });
  if (server.faults.length > 0) throw new CheckFailed(`serve wrote to stderr:\n${server.faults.join('\n')}`);
}

/** Values for Schemathesis to choose from, each quoted on a line. */
async function writeDictionary(file: string, values: readonly string[]): Promise<void> {
  await writeFile(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

interface Serve extends AsyncDisposable {
  readonly url: string;
  /** What it wrote to stderr since it serves: it has nothing to say there. */
  readonly faults: readonly string[];
}

/** `npm start -- serve`, on a free port, and without what ASPOSE_* may name: only the simulator may be tried so. */
async function startServe(): Promise<Serve> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ASPOSE_')),
  );
  const child = spawn(process.execPath, ['local/cli/main.ts', 'serve'], {
    cwd: PROJECT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, url] = /^The HTTP API +(http:\S+)\/tasks$/.exec(line) ?? [];
    if (url !== undefined) resolve(url);
  });
  child.once('close', (code) => reject(new CheckFailed(`serve ended with ${code}:\n${errors.join('\n')}`)));
  const tooLate = setTimeout(() => child.kill('SIGKILL'), START_SECONDS * 1000);
  const url = await ready.finally(() => clearTimeout(tooLate));
  errors.length = 0;
  return { url, faults: errors, [Symbol.asyncDispose]: () => endServe(child) };
}

async function endServe(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  if (child.exitCode !== null) return;
  child.kill('SIGINT');
  const isLate = await Promise.race([ended.then(() => false), sleep(20_000, true, { ref: false })]);
  if (isLate) child.kill('SIGKILL');
}

const taskSchema = z.object({ taskId: z.string(), status: z.string().optional() });

/** A task with documents: without one, nothing but refusals would be seen of their routes. */
async function collectSample(url: string): Promise<z.infer<typeof taskSchema>> {
  const body = await readFile(join(PROJECT, 'local', 'samples', 'letter.png'));
  const recognize = `${url}/local/recognize?operation=RecognizeImage&resultType=TextAndPdf`;
  const answer = await fetch(recognize, { method: 'POST', body });
  const { taskId } = taskSchema.parse(await answer.json());
  for (let second = 0; second < COLLECTION_SECONDS; second += 1) {
    const task = taskSchema.parse(await (await fetch(`${url}/tasks/${taskId}`)).json());
    if (task.status === 'Completed') return task;
    await sleep(1000);
  }
  throw new CheckFailed(`The sample was not collected within ${COLLECTION_SECONDS} s.`);
}
