import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { type Bundle, bundle, bundleOf } from './bundles.ts';
import { CEILINGS } from './ceilings.ts';
import { importMilliseconds } from './import-time.ts';

const PROCESSES = 15;
const FUNCTIONS = ['fetch-result', 'close-task', 'start-task', 'task-api'] as const;
const BASELINE = 'sdk-baseline';
const TRIMMED_BASELINE = 'trimmed-sdk-baseline';
const NAMES = [...FUNCTIONS, BASELINE, TRIMMED_BASELINE] as const;
const LABELS = {
  [BASELINE]: 'S3 and DynamoDB clients alone: the baseline',
  [TRIMMED_BASELINE]: 'these without the credential providers that we leave out',
} as const;
/** The one function that every task needs at once. */
const HEADLINE = 'fetch-result';

const bundleSchema = z.strictObject({
  /** Of 1000 bytes, minified. */
  kB: z.number(),
  /** The median of fresh processes. */
  importMilliseconds: z.number(),
  /** Of import times; the baseline is bundled as anybody would. */
  ratioToSdkBaseline: z.number(),
  /** As above, to a baseline that is bundled with our options. */
  ratioToTrimmedSdkBaseline: z.number(),
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
      for (const name of FUNCTIONS) bundles.push(measured(name, await bundleOf(name, directory)));
      const entry = join(import.meta.dirname, 'sdk-baseline.ts');
      const baseline = await bundle(entry, join(directory, BASELINE), []);
      const trimmed = await bundle(entry, join(directory, TRIMMED_BASELINE));
      bundles.push(measured(BASELINE, baseline), measured(TRIMMED_BASELINE, trimmed));
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

Each function's bundle as it is deployed, and the time in which a fresh process loads it with \`require\`, as Lambda's runtime does: reading, compiling, and
what it does at its import. The median of ${PROCESSES} processes for each bundle, in turns, in one run. The baseline imports and
constructs the S3 and DynamoDB clients, and does nothing else; it is bundled as anybody would, and once more without the credential providers that we leave out. Ratios are of import times.

${markdownTable(
  ['', 'size', 'ceiling', 'import', 'to the baseline', 'goal', 'to that without those providers'],
  [
    ...FUNCTIONS.map((name) => {
      const { bytes, importRatio } = CEILINGS[name];
      return [
        `\`${name}\``,
        kB(results[name].kB),
        kB(bytes / 1000),
        milliseconds(results[name].importMilliseconds),
        results[name].ratioToSdkBaseline.toFixed(2),
        importRatio.toFixed(2),
        results[name].ratioToTrimmedSdkBaseline.toFixed(2),
      ];
    }),
    ...([BASELINE, TRIMMED_BASELINE] as const).map((name) => [
      LABELS[name],
      kB(results[name].kB),
      '',
      milliseconds(results[name].importMilliseconds),
      results[name].ratioToSdkBaseline.toFixed(2),
      '',
      results[name].ratioToTrimmedSdkBaseline.toFixed(2),
    ]),
  ],
)}
${verdict(results)}

Sizes are of minified bundles, in kB of 1000 bytes; a test fails when one grows past its ceiling ([bench/startup/ceilings.ts](../bench/startup/ceilings.ts)).
\`fetch-result\` was 604 kB and loaded 1.2 times as long before the ways to credentials that Lambda never takes were left out, with schemas that it does not parse with
and a part of zod ([decisions](decisions.md)).

What \`fetch-result\` takes beyond the trimmed baseline, found by leaving out one thing at a time on a quiet machine (13 ms in all, where the baseline took 43): zod and our schemas 5 ms, Powertools'
logger 2 to 3 (most of that is opening stdout and stderr) and metrics 1 to 1.5, the Secrets Manager client 1 to 2, our own code 2, middy under 1. Nothing is put off until the first
invocation for the sake of this figure: the work would then be done while a task waits.`,

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

function measured(name: MeasuredBundle['name'], made: Bundle): MeasuredBundle {
  return { name, ...made, times: [] };
}

function resultsOf(bundles: readonly MeasuredBundle[]): Results {
  const medians = new Map(bundles.map(({ name, times }) => [name, median(times)]));
  const sizes = new Map(bundles.map(({ name, bytes }) => [name, bytes]));
  const ratio = (of: ReadonlyMap<string, number>, name: string, to: string) =>
    (of.get(name) ?? Number.NaN) / (of.get(to) ?? Number.NaN);
  const results = bundles.map(({ name, bytes }) => [
    name,
    {
      kB: bytes / 1000,
      importMilliseconds: medians.get(name),
      ratioToSdkBaseline: ratio(medians, name, BASELINE),
      ratioToTrimmedSdkBaseline: ratio(medians, name, TRIMMED_BASELINE),
      sizeRatioToSdkBaseline: ratio(sizes, name, BASELINE),
    },
  ]);
  return resultsSchema.parse(Object.fromEntries(results));
}

const kB = (size: number) => `${size.toFixed(0)} kB`;
const milliseconds = (time: number) => `${time.toFixed(1)} ms`;

function verdict(results: Results): string {
  const missed = FUNCTIONS.filter((name) => results[name].ratioToSdkBaseline > CEILINGS[name].importRatio);
  if (missed.length === 0) return 'All goals of import time are met.';
  return `The goal of import time is missed by ${missed.map((name) => `\`${name}\``).join(' and ')}.`;
}
