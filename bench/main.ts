import { Command } from 'commander';
import type { Benchmark } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { updateDocuments } from './documents.ts';

const names = BENCHMARKS.map(({ name }) => name).join(', ');
const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run bench --')
  .description('Runs benchmarks and writes their figures into the documents.')
  .argument('[name]', `one of ${names} (default: all)`)
  .option('--json', 'print the results as one JSON document and change no file')
  .action(async (name: string | undefined, { json }: { json?: true }) => {
    const chosen = BENCHMARKS.filter((benchmark) => name === undefined || benchmark.name === name);
    if (chosen.length === 0) command.error(`error: name: got '${name}'; allowed: ${names}`, { exitCode: 2 });
    await (json === true ? printJson(chosen) : record(chosen));
  });

/** Runs the benchmarks one after the other, because parallel runs would disturb each other. */
async function printJson(chosen: readonly Benchmark[]): Promise<void> {
  const all: Record<string, object> = {};
  for (const { name, run } of chosen) all[name] = (await run(progress)).results;
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}

/** Updates the documents after each benchmark, because the next one may fail. */
async function record(chosen: readonly Benchmark[]): Promise<void> {
  for (const { run } of chosen) {
    const report = await run(progress);
    for (const [name, table] of Object.entries(report.tables)) {
      process.stdout.write(`\n${name}\n\n${table}`);
    }
    await updateDocuments(report);
  }
}

await command.parseAsync();
