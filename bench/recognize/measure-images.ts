import { CASES } from '../polling/durations.ts';
import { drawDurations, JITTER_SEED } from '../polling/figures.ts';
import { seededRandom } from '../seeded-random.ts';
import { type ImageUsage, meanImageUsage } from './image-usage.ts';
import { type AssumedImageTimes, recognizeSimulated, uploadSeconds } from './simulated-recognition.ts';

/** Enough for a stable third digit. */
export const IMAGES = 20_000;

/** The benchmark of polling simulates its schedules with the same number. */
const POLL_SECONDS = 0.15;
const TIMES: AssumedImageTimes = {
  callSeconds: 0.01,
  putSeconds: 0.05,
  pollSeconds: POLL_SECONDS,
  uploadSeconds: uploadSeconds(POLL_SECONDS),
};

/** Simulates images on their way through the inbox. @returns the mean of each figure */
export async function measureImages(): Promise<ImageUsage> {
  const random = seededRandom(JITTER_SEED);
  const usages: ImageUsage[] = [];
  for (const readyAfterSeconds of drawDurations(CASES.median3, IMAGES)) {
    usages.push(
      await recognizeSimulated({ polling: { preset: 'balanced' }, times: TIMES, readyAfterSeconds, random }),
    );
  }
  return meanImageUsage(usages);
}
