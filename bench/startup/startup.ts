import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../statistics.ts';
import { type Bundle, bundle, bundleOf, importMilliseconds } from './bundles.ts';
import { CEILINGS } from './ceilings.ts';

const PROCESSES_PER_BUNDLE = 15;
const BASELINE_ENTRY = join(import.meta.dirname, 'sdk-baseline.ts');

interface MeasuredBundle extends Bundle {
  /** Import times in milliseconds. */
  readonly times: number[];
}

export const startup = defineBenchmark({
  name: 'startup',

  async run(progress) {
    // Outside the project: a bundle must not find node_modules.
    await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-bundles-'));
    const { path } = directory;
    progress('startup: bundling');
    const baseline = { ...(await bundle(BASELINE_ENTRY, join(path, 'default'), [])), times: [] };
    const trimmed = { ...(await bundle(BASELINE_ENTRY, join(path, 'trimmed'))), times: [] };
    const bundles: Record<string, MeasuredBundle> = {};
    for (const name of Object.keys(CEILINGS)) {
      bundles[name] = { ...(await bundleOf(name, path)), times: [] };
    }
    bundles['sdk-baseline'] = baseline;
    bundles['trimmed-sdk-baseline'] = trimmed;
    // In turns, so that other load on the machine affects all of them.
    for (let process = 1; process <= PROCESSES_PER_BUNDLE; process += 1) {
      progress(`startup: process ${process} of ${PROCESSES_PER_BUNDLE} for each bundle`);
      for (const { file, times } of Object.values(bundles)) times.push(await importMilliseconds(file));
    }
    const figuresOf = ({ bytes, times }: MeasuredBundle) => ({
      /** Minified size in units of 1000 bytes. */
      kB: bytes / 1000,
      importMilliseconds: median(times),
      /** Ratio of import times. The baseline is bundled with default options. */
      ratioToSdkBaseline: median(times) / median(baseline.times),
      /** Ratio of import times to a baseline that is bundled with the options of our functions. */
      ratioToTrimmedSdkBaseline: median(times) / median(trimmed.times),
      sizeRatioToSdkBaseline: bytes / baseline.bytes,
    });
    return Object.fromEntries(Object.entries(bundles).map(([name, made]) => [name, figuresOf(made)]));
  },

  tables: {
    'startup-bundles': (results) =>
      markdownTable(
        ['', 'kB', 'ceiling', 'import ms', 'by baseline', 'goal'],
        Object.entries(results).map(
          ([name, { kB, importMilliseconds: milliseconds, ratioToSdkBaseline }]) => {
            const ceiling = CEILINGS[name];
            return [
              `\`${name}\``,
              kB.toFixed(0),
              ceiling === undefined ? '' : String(ceiling.bytes / 1000),
              milliseconds.toFixed(1),
              ratioToSdkBaseline.toFixed(2),
              ceiling?.importRatio.toFixed(2) ?? '',
            ];
          },
        ),
      ),
  },

  headlines: {
    'start-up of `fetch-result`: bundle, import time ÷ that of two AWS SDK clients': ({
      'fetch-result': figures,
    }) => `${figures?.kB.toFixed(0)} kB, ${figures?.ratioToSdkBaseline.toFixed(2)}`,
  },
});
