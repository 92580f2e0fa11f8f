import * as z from 'zod';
import { measuredSchema } from './contestants.ts';

const sizeSchema = z.strictObject({
  ours: measuredSchema,
  naive: measuredSchema,
  streamJson: measuredSchema,
  /** The naive way with a manifest, which only matters at 2 kB. */
  naiveWithManifest: measuredSchema.optional(),
  /** Our time ÷ that of the naive way. */
  timeRatioToNaive: z.number(),
});
export type SizeResults = z.output<typeof sizeSchema>;

const seriesShape = {
  '2kB': sizeSchema,
  '1MB': sizeSchema,
  '10MB': sizeSchema,
  '50MB': sizeSchema,
  '100MB': sizeSchema,
};
const seriesSchema = z.strictObject(seriesShape);
export type SeriesResults = z.output<typeof seriesSchema>;

const limitedSchema = z.strictObject({
  stored: z.boolean(),
  /** Null when the process was killed before it could report. */
  peakRssMB: z.number().nullable(),
  milliseconds: z.number().nullable(),
});

export const decodeResultsSchema = z.strictObject({
  ...seriesShape,
  /** The same sizes, with each `+` and `/` of the base64 escaped. */
  escaped: seriesSchema,
  /** 100 MB within the memory size of the deployed function. */
  memoryLimit: z.strictObject({
    limitMiB: z.number(),
    setBy: z.string(),
    ours: limitedSchema,
    naive: limitedSchema,
    streamJson: limitedSchema,
  }),
});
export type DecodeResults = z.output<typeof decodeResultsSchema>;
