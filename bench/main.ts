import { Command } from 'commander';
import type { Report } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { updateDocuments } from './documents.ts';

const names = BENCHMARKS.map(({ name }) => name).join(', ');
const progress = (line: string) => process.stderr.write(`${line}\n`);

const command = new Command('npm run bench --')
  .description('Runs benchmarks and writes their figures into README.md and docs/.')
  .argument('[name]', `one of ${names} (default: all)`)
  .option('--json', 'print the results as one JSON document and change no file')
  .action(async (name: string | undefined, { json }: { json?: true }) => {
    const chosen = BENCHMARKS.filter((benchmark) => name === undefined || benchmark.name === name);
    if (chosen.length === 0) command.error(`error: name: got '${name}'; allowed: ${names}`, { exitCode: 2 });
    const all: Record<string, object> = {};
    // Sequential, because parallel runs would disturb each other.
    for (const benchmark of chosen) {
      const report = await benchmark.run(progress);
      all[benchmark.name] = report.results;
      if (json !== true) await writeFigures(report);
    }
    if (json === true) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  });

async function writeFigures(report: Report): Promise<void> {
  for (const [name, table] of Object.entries(report.tables)) {
    process.stdout.write(`\n${name}\n\n${table}`);
  }
  await updateDocuments(report);
}

await command.parseAsync();
