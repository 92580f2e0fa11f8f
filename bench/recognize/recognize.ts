import { defineBenchmark } from '../benchmark.ts';
import { CASES } from '../polling/durations.ts';
import { drawDurations } from '../polling/figures.ts';
import { seededRandom } from '../seeded-random.ts';
import { costOfImage, meanImageUsage, usdOfImage } from './image-usage.ts';
import { type AssumedImageTimes, recognizeSimulated, uploadSeconds } from './simulated-recognition.ts';
import { costTable, memoryTable } from './tables.ts';
import { measureUploads, UPLOAD_PLANS } from './upload-memory.ts';

export type RecognizeResults = Awaited<ReturnType<typeof measureRecognize>>;

/** Enough for a stable third digit. */
const IMAGES = 20_000;
const JITTER_SEED = 1;

/** The benchmark of polling simulates its schedules with the same number. */
const POLL_SECONDS = 0.15;
const TIMES: AssumedImageTimes = {
  callSeconds: 0.01,
  putSeconds: 0.05,
  pollSeconds: POLL_SECONDS,
  uploadSeconds: uploadSeconds(POLL_SECONDS),
};

export const recognize = defineBenchmark({
  name: 'recognize',
  run: measureRecognize,
  tables: { 'recognize-cost': costTable, 'recognize-memory': memoryTable },
  headlines: {
    'an image of 3 s (median) through the inbox: cost of 1,000 on AWS': ({ usdPer1000 }) =>
      `$${usdPer1000.toFixed(3)}`,
  },
});

async function measureRecognize(progress: (line: string) => void) {
  progress(`recognize: ${IMAGES} images through the inbox`);
  const random = seededRandom(JITTER_SEED);
  const usages = [];
  for (const readyAfterSeconds of drawDurations(CASES.median3, IMAGES)) {
    usages.push(
      await recognizeSimulated({ polling: { preset: 'balanced' }, times: TIMES, readyAfterSeconds, random }),
    );
  }
  const usage = meanImageUsage(usages);
  const uploads = await measureUploads(UPLOAD_PLANS, progress);
  return {
    /** Cost on AWS of 1,000 images through the inbox, of which half take more than 3 s. */
    usdPer1000: 1000 * usdOfImage(usage),
    /** Peak memory of the process that uploads its first image of 50 MB; the larger of both. */
    submitPeakRssMB50MB: Math.max(uploads.fast.firstPeakRssMB, uploads.slow.firstPeakRssMB),
    usage,
    usdByService: costOfImage(usage),
    uploads,
  };
}
