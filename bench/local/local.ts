import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'local', 'cli', 'main.ts');
const PEAK_MEMORY = join(import.meta.dirname, 'peak-memory.ts');
const RUNS = 5;

export const local = defineBenchmark({
  name: 'local',
  results: z.strictObject({
    /** From `npm start -- serve` to its printing of the addresses. */
    secondsToReady: z.number(),
    /** From `npm start` to its end: the sample recognised, its document written. */
    secondsToFirstDocument: z.number(),
    /** Of the process behind `npm start`, with simulator, OCR engine and embedded AWS. */
    peakRssMB: z.number(),
  }),

  async run(progress) {
    progress('local: a first run, so that the synthesis is there');
    const scratch = await mkdtemp(join(tmpdir(), 'ocr-courier-bench-'));
    try {
      await secondsToFirstDocument(scratch);
      const ready: number[] = [];
      const documents: number[] = [];
      for (let run = 1; run <= RUNS; run += 1) {
        progress(`local: run ${run} of ${RUNS}`);
        ready.push(await secondsToReady());
        documents.push(await secondsToFirstDocument(scratch));
      }
      return {
        secondsToReady: median(ready),
        secondsToFirstDocument: median(documents),
        peakRssMB: await peakRssMB(scratch),
      };
    } finally {
      await rm(scratch, { recursive: true });
    }
  },

  report: ({ secondsToReady, secondsToFirstDocument, peakRssMB }) => `## The local stack (\`local\`)

The whole of it in one process: embedded AWS, state machine, Lambda bundles, simulator, OCR engine. Times are wall time from the start of npm, the
median of ${RUNS} runs after a first one, which also synthesises. No account of AWS or Aspose and no network are involved.

${markdownTable(
  ['', 'measured'],
  [
    ['`npm start -- serve` is ready', `${secondsToReady.toFixed(1)} s`],
    ['`npm start` has recognised and collected the sample', `${secondsToFirstDocument.toFixed(1)} s`],
    ['peak memory of the latter', `${peakRssMB.toFixed(0)} MB`],
  ],
)}`,

  headlines: ({ secondsToFirstDocument }) => [
    {
      measured: '`npm start`: the sample recognised, collected and written',
      result: `${secondsToFirstDocument.toFixed(1)} s`,
    },
  ],
});

/** Through npm, as a user starts it. */
function npmStart(args: readonly string[]) {
  return spawn('npm', ['start', '--silent', '--', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

async function secondsToReady(): Promise<number> {
  const started = performance.now();
  const child = npmStart(['serve']);
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Events follow')) continue;
    const seconds = (performance.now() - started) / 1000;
    // The terminal's Ctrl-C, too, goes to npm and all below it.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    child.stdout.resume();
    await new Promise((resolve) => child.once('close', resolve));
    return seconds;
  }
  throw new Error('npm start -- serve ended before it was ready');
}

async function secondsToFirstDocument(out: string): Promise<number> {
  const started = performance.now();
  const child = npmStart(['recognize', join(ROOT, 'local', 'samples', 'letter.png'), '--out', out]);
  child.stdout.resume();
  await completed(child);
  return (performance.now() - started) / 1000;
}

async function peakRssMB(scratch: string): Promise<number> {
  const file = join(scratch, 'peak-memory');
  const child = spawn(process.execPath, ['--import', PEAK_MEMORY, MAIN], {
    cwd: scratch,
    env: { ...process.env, PEAK_MEMORY_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await completed(child);
  return Number(await readFile(file, 'utf8')) / 1e6;
}

async function completed(child: ReturnType<typeof spawn>): Promise<void> {
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`the command ended with status ${status}`);
}
