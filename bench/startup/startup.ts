import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { defineBenchmark } from '../benchmark.ts';
import { markdownTable } from '../markdown-table.ts';
import { median } from '../median.ts';
import { type Bundle, bundle, bundleOf } from './bundles.ts';
import { CEILINGS } from './ceilings.ts';
import { importMilliseconds } from './import-time.ts';

const PROCESSES = 15;
const BASELINE = 'sdk-baseline';
const NAMES = ['fetch-result', 'close-task', 'start-task', 'task-api', BASELINE] as const;
/** The one function that every task needs at once. */
const HEADLINE = 'fetch-result';

const bundleSchema = z.strictObject({
  /** Of 1000 bytes, minified. */
  kB: z.number(),
  /** The median of fresh processes. */
  importMilliseconds: z.number(),
  /** Of import times. */
  ratioToSdkBaseline: z.number(),
  sizeRatioToSdkBaseline: z.number(),
});

const resultsSchema = z.record(z.enum(NAMES), bundleSchema);
type Results = z.output<typeof resultsSchema>;

export const startup = defineBenchmark({
  name: 'startup',
  results: resultsSchema,

  async run(progress) {
    // Away from node_modules: a bundle must do with itself.
    const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
    try {
      progress('startup: bundling');
      const bundles: MeasuredBundle[] = [];
      for (const name of NAMES) {
        const made = await (name === BASELINE
          ? bundle(join(import.meta.dirname, 'sdk-baseline.ts'), join(directory, name))
          : bundleOf(name, directory));
        bundles.push({ name, ...made, times: [] });
      }
      // One after the other, again and again: what else the machine does meets them all.
      for (let process = 1; process <= PROCESSES; process += 1) {
        progress(`startup: process ${process} of ${PROCESSES} for each bundle`);
        for (const { file, times } of bundles) times.push(await importMilliseconds(file));
      }
      return resultsOf(bundles);
    } finally {
      await rm(directory, { recursive: true });
    }
  },

  report: (results) => `## Start-up of the functions (\`startup\`)

What a cold start of our own making consists of: each function's bundle as it is deployed, and the time in which a fresh process loads it with
\`require\`, as Lambda's runtime does, with all that the bundle does at its import. The median of ${PROCESSES} processes for each bundle, in turns, so that
ratios mean something where milliseconds do not: a function of 256 MB has about a seventh of a core. The baseline is a bundle, made with the same
options, that imports and constructs the S3 and DynamoDB clients and does nothing else.

${markdownTable(
  ['', 'size', 'ceiling', 'size / baseline', 'import', 'import / baseline', 'goal'],
  NAMES.map((name) => {
    const { kB, importMilliseconds, ratioToSdkBaseline, sizeRatioToSdkBaseline } = results[name];
    const ceiling = name === BASELINE ? undefined : CEILINGS[name];
    return [
      name === BASELINE ? 'S3 and DynamoDB clients alone' : `\`${name}\``,
      `${kB.toFixed(0)} kB`,
      ceiling === undefined ? '' : `${(ceiling.bytes / 1000).toFixed(0)} kB`,
      sizeRatioToSdkBaseline.toFixed(2),
      `${importMilliseconds.toFixed(1)} ms`,
      ratioToSdkBaseline.toFixed(2),
      ceiling === undefined ? '' : `at most ${ceiling.importRatio.toFixed(2)}`,
    ];
  }),
)}
Sizes are of the minified bundle, in kB of 1000 bytes; a test fails when one grows past its ceiling ([bench/startup/ceilings.ts](../bench/startup/ceilings.ts)).
${verdict(results)}`,

  headlines: (results) => {
    const { kB, ratioToSdkBaseline } = results[HEADLINE];
    return [
      {
        measured: `start-up: \`${HEADLINE}\`, its bundle and its import time to that of the S3 and DynamoDB clients alone`,
        result: `${kB.toFixed(0)} kB, ${ratioToSdkBaseline.toFixed(2)} x`,
        goal: `560 kB, ${CEILINGS[HEADLINE].importRatio.toFixed(2)} x`,
      },
    ];
  },
});

interface MeasuredBundle extends Bundle {
  readonly name: (typeof NAMES)[number];
  /** Of its import, in milliseconds. */
  readonly times: number[];
}

function resultsOf(bundles: readonly MeasuredBundle[]): Results {
  const baseline = bundles.find(({ name }) => name === BASELINE);
  if (baseline === undefined) throw new TypeError('the baseline is among the bundles');
  const results = bundles.map(({ name, bytes, times }) => [
    name,
    {
      kB: bytes / 1000,
      importMilliseconds: median(times),
      ratioToSdkBaseline: median(times) / median(baseline.times),
      sizeRatioToSdkBaseline: bytes / baseline.bytes,
    },
  ]);
  return resultsSchema.parse(Object.fromEntries(results));
}

/** Which goals are met, of those that depend on the machine's mood. */
function verdict(results: Results): string {
  const missed = NAMES.filter(
    (name) => name !== BASELINE && results[name].ratioToSdkBaseline > CEILINGS[name].importRatio,
  );
  if (missed.length === 0) return 'All of them are met.';
  const names = missed.map((name) => `\`${name}\``).join(', ');
  return `The goal of import time is missed by ${names}: TODO`;
}
