import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const FILE = join(import.meta.dirname, 'measurements.json');

const measurementSchema = z.strictObject({
  /** The day of the run. */
  date: z.iso.date(),
  node: z.string(),
  cores: z.int(),
  results: z.record(z.string(), z.unknown()),
});

/** The results of one benchmark, and where they came from. */
export type Measurement = z.output<typeof measurementSchema>;

const measurementsSchema = z.record(z.string(), measurementSchema);

/** The last run of each benchmark, by its name: what README and docs/performance.md say. */
export type Measurements = z.output<typeof measurementsSchema>;

export async function readMeasurements(): Promise<Measurements> {
  return measurementsSchema.parse(JSON.parse(await readFile(FILE, 'utf8')));
}

export async function writeMeasurements(measurements: Measurements): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(measurements, null, 2)}\n`);
}

export function measuredHere(results: object): Measurement {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: availableParallelism(),
    results: { ...results },
  };
}
