import * as z from 'zod';
import { measuredSchema } from './contestants.ts';

const sizeSchema = z.strictObject({
  ours: measuredSchema,
  naive: measuredSchema,
  streamJson: measuredSchema,
  /** Naive, with a second object stored, as ours has. Where that matters: at 2 kB. */
  naiveWithManifest: measuredSchema.optional(),
  /** Of ours. */
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

const confinedSchema = z.strictObject({
  stored: z.boolean(),
  /** Null when it was ended before it could tell. */
  peakRssMB: z.number().nullable(),
  milliseconds: z.number().nullable(),
});

/** The layout of the results in `--json`. */
export const resultsSchema = z.strictObject({
  ...seriesShape,
  /** Bodies of the same sizes, in which each `+` and `/` of the base64 is escaped. */
  escaped: seriesSchema,
  /** 100 MB within the deployed memory size. */
  memoryLimit: z.strictObject({
    limitMiB: z.number(),
    setBy: z.string(),
    ours: confinedSchema,
    naive: confinedSchema,
    streamJson: confinedSchema,
  }),
});
export type DecodeResults = z.output<typeof resultsSchema>;
