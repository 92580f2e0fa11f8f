import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { type Bundle, bundle, bundleOf } from './bundles.ts';
import { CEILINGS, type Ceiling } from './ceilings.ts';
import { importMilliseconds } from './import-time.ts';

const PROCESSES_PER_BUNDLE = 15;
const FUNCTIONS = ['fetch-result', 'close-task', 'start-task', 'task-api'] as const;
const BASELINE = 'sdk-baseline';
const TRIMMED_BASELINE = 'trimmed-sdk-baseline';
const NAMES = [...FUNCTIONS, BASELINE, TRIMMED_BASELINE] as const;

const CEILING_OF: ReadonlyMap<string, Ceiling> = new Map(Object.entries(CEILINGS));

const bundleSchema = z.strictObject({
  /** Minified size in units of 1000 bytes. */
  kB: z.number(),
  /** Median over fresh processes. */
  importMilliseconds: z.number(),
  /** Ratio of import times. The baseline is bundled with default options. */
  ratioToSdkBaseline: z.number(),
  /** Ratio of import times to a baseline that is bundled with the options of our functions. */
  ratioToTrimmedSdkBaseline: z.number(),
  sizeRatioToSdkBaseline: z.number(),
});

const resultsSchema = z.record(z.enum(NAMES), bundleSchema);
type Results = z.output<typeof resultsSchema>;

interface MeasuredBundle extends Bundle {
  readonly name: (typeof NAMES)[number];
  /** Import times in milliseconds. */
  readonly times: number[];
}

export const startup = defineBenchmark({
  name: 'startup',
  layout: resultsSchema,

  async run(progress) {
    // Outside the project: a bundle must not find node_modules.
    const directory = await mkdtemp(join(tmpdir(), 'ocr-courier-bundles-'));
    try {
      progress('startup: bundling');
      const entry = join(import.meta.dirname, 'sdk-baseline.ts');
      const bundles: MeasuredBundle[] = [];
      const add = (name: MeasuredBundle['name'], made: Bundle) => bundles.push({ name, ...made, times: [] });
      for (const name of FUNCTIONS) add(name, await bundleOf(name, directory));
      add(BASELINE, await bundle(entry, join(directory, BASELINE), []));
      add(TRIMMED_BASELINE, await bundle(entry, join(directory, TRIMMED_BASELINE)));
      // In turns, so that other load on the machine affects all of them.
      for (let process = 1; process <= PROCESSES_PER_BUNDLE; process += 1) {
        progress(`startup: process ${process} of ${PROCESSES_PER_BUNDLE} for each bundle`);
        for (const { file, times } of bundles) times.push(await importMilliseconds(file));
      }
      return resultsOf(bundles);
    } finally {
      await rm(directory, { recursive: true });
    }
  },

  tables: {
    'startup-bundles': (results) =>
      markdownTable(
        ['', 'kB', 'ceiling', 'import ms', 'by baseline', 'goal'],
        NAMES.map((name) => {
          const { kB, importMilliseconds: milliseconds, ratioToSdkBaseline } = results[name];
          const ceiling = CEILING_OF.get(name);
          return [
            `\`${name}\``,
            kB.toFixed(0),
            ceiling === undefined ? '' : String(ceiling.bytes / 1000),
            milliseconds.toFixed(1),
            ratioToSdkBaseline.toFixed(2),
            ceiling?.importRatio.toFixed(2) ?? '',
          ];
        }),
      ),
  },

  headlines: {
    'start-up of `fetch-result`: bundle, import time ÷ that of two AWS SDK clients': ({
      'fetch-result': { kB, ratioToSdkBaseline },
    }) => `${kB.toFixed(0)} kB, ${ratioToSdkBaseline.toFixed(2)}`,
  },
});

function resultsOf(bundles: readonly MeasuredBundle[]): Results {
  const medians = new Map(bundles.map(({ name, times }) => [name, median(times)]));
  const sizes = new Map(bundles.map(({ name, bytes }) => [name, bytes]));
  const ratio = (values: ReadonlyMap<string, number>, name: string, base: string) =>
    (values.get(name) ?? Number.NaN) / (values.get(base) ?? Number.NaN);
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
