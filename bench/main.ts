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

/** Runs the benchmarks one after the other, as they would disturb each other. */
async function printJson(chosen: readonly Benchmark[]): Promise<void> {
  const all: Record<string, object> = {};
  for (const benchmark of chosen) all[benchmark.name] = await benchmark.run(progress);
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}

async function record(chosen: readonly Benchmark[]): Promise<void> {
  for (const benchmark of chosen) {
    const results = await benchmark.run(progress);
    const { tables } = benchmark.report(results);
    for (const [name, table] of Object.entries(tables)) process.stdout.write(`\n${name}\n\n${table}`);
    // Before the next benchmark runs, which may fail.
    await updateDocuments(benchmark, results);
  }
}

await command.parseAsync();
