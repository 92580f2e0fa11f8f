import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { LOCAL_CREDENTIALS } from '../../local/aspose-simulator/token-endpoint.ts';
import { startServices } from '../processes.ts';
import { localTaskIds } from './local-task-ids.ts';

const COMMAND = join(import.meta.dirname, '..', '..', 'local', 'cli', 'start.js');
const SIMULATOR = join(import.meta.dirname, 'local-simulator.ts');
const REPORT_PEAK_RSS = join(import.meta.dirname, 'report-peak-rss.ts');

const reportSchema = z.object({ outcome: z.literal('Completed'), counts: z.record(z.string(), z.int()) });

/**
 * Runs `npm start -- batch` without npm, with a list of task ids and the simulator in another
 * process.
 *
 * @returns the time of the command in seconds, and its peak memory
 * @throws when a task is not Completed
 */
export async function measureLocalBatch(tasks: number) {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-batch-'));
  await using simulator = await startServices(SIMULATOR, [String(tasks)]);

  async function run(name: string, taskIds: readonly string[]) {
    const list = join(directory.path, `${name}.jsonl`);
    const peakRssFile = join(directory.path, `${name}.rss`);
    await writeFile(list, taskIds.map((taskId) => `${JSON.stringify({ taskId })}\n`).join(''));
    const startedAt = performance.now();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', REPORT_PEAK_RSS, COMMAND, 'batch', list, '--out', join(directory.path, name), '--json'],
      {
        env: {
          PATH: process.env['PATH'],
          PEAK_RSS_FILE: peakRssFile,
          ASPOSE_BASE_URL: simulator.url,
          ASPOSE_CLIENT_ID: LOCAL_CREDENTIALS.clientId,
          ASPOSE_CLIENT_SECRET: LOCAL_CREDENTIALS.clientSecret,
        },
        maxBuffer: Number.POSITIVE_INFINITY,
      },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const { counts } = reportSchema.parse(JSON.parse(stdout));
    if (counts['Completed'] !== taskIds.length) throw new Error('some tasks are not Completed');
    return { seconds, peakRssMB: Number(await readFile(peakRssFile, 'utf8')) };
  }

  const taskIds = localTaskIds(tasks);
  // Bundles the functions once, which later commands reuse.
  await run('warm-up', taskIds.slice(0, 1));
  return await run('measured', taskIds);
}
