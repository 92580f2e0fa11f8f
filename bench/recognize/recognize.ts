import { defineBenchmark } from '../benchmark.ts';
import { costOfImage, usdOfImage } from './image-usage.ts';
import { IMAGES, measureImages } from './measure-images.ts';
import { costTable, memoryTable } from './tables.ts';
import { measureUploads, UPLOAD_PLANS } from './upload-memory.ts';

export type RecognizeResults = Awaited<ReturnType<typeof measureRecognize>>;

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
  const usage = await measureImages();
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
