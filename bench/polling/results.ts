import * as z from 'zod';
import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import type { CaseName } from './durations.ts';
import { type Figures, figuresSchema } from './figures.ts';
import { herdPeaksSchema } from './herd.ts';

const bySchedule = z.record(z.string(), figuresSchema);

export const pollingResultsSchema = z.strictObject({
  median1: bySchedule,
  median3: bySchedule,
  median30: bySchedule,
  bimodal: bySchedule,
  herd: z.record(z.enum(POLLING_PRESETS), herdPeaksSchema),
});
export type PollingResults = z.output<typeof pollingResultsSchema>;

export function figuresOf(results: PollingResults, name: CaseName, schedule: string): Figures {
  const figures = results[name][schedule];
  if (figures === undefined) throw new RangeError(`${name}: no figures of ${schedule}`);
  return figures;
}
