import { Command } from 'commander';
import type { Benchmark } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { writeDocuments } from './documents.ts';
import { measuredHere, readMeasurements, writeMeasurements } from './measurements.ts';

const names = BENCHMARKS.map(({ name }) => name).join(', ');
const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run bench --')
  .description('Measures, and writes what it measured into README.md, docs/performance.md and docs/scale.md.')
  .argument('[name]', `one of ${names} (default: all)`)
  .option('--json', 'print the results as one JSON document, and leave the files alone')
  .action(async (name: string | undefined, { json }: { json?: true }) => {
    const chosen = BENCHMARKS.filter((benchmark) => name === undefined || benchmark.name === name);
    if (chosen.length === 0)
      command.error(`error: got the benchmark '${name}'; allowed: ${names}`, { exitCode: 2 });
    await (json === true ? print(chosen) : record(chosen));
  });

/** One after the other: they share two cores. */
async function print(chosen: readonly Benchmark[]): Promise<void> {
  const all: Record<string, object> = {};
  for (const benchmark of chosen) all[benchmark.name] = await benchmark.run(progress);
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}

async function record(chosen: readonly Benchmark[]): Promise<void> {
  for (const benchmark of chosen) {
    const results = await benchmark.run(progress);
    process.stdout.write(`\n${benchmark.report(results)}\n`);
    // Each as soon as it is known: the next may fail.
    const measurements = { ...(await readMeasurements()), [benchmark.name]: measuredHere(results) };
    await writeMeasurements(measurements);
    await writeDocuments(measurements);
  }
}

await command.parseAsync();
