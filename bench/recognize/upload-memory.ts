import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { SUBMIT_IMAGE_MEMORY } from '../../lib/submit-image-function.ts';
import { limitMemory } from '../decode/memory-limit.ts';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';
import { heapOptions } from '../heap-options.ts';
import { outputOf, startServices } from '../processes.ts';
import { bundle, bundleOf } from '../startup/bundles.ts';
import { median } from '../statistics.ts';
import { createLocalCertificate } from './local-certificate.ts';

/** Images uploaded in a row by each process, for each speed of Aspose. */
type UploadPlans = Readonly<Record<keyof typeof PATHS, readonly number[]>>;

/** Paths below which the fake of Aspose reads fast or slowly. */
const PATHS = { fast: '', slow: '/slow' } as const;

export const UPLOAD_PLANS: UploadPlans = { fast: [1, 1, 25], slow: [1, 3] };

/** Peak memory of processes that run the production bundle within the deployed memory size. */
interface UploadFigures {
  /** The median of the processes' memory after the first image. */
  readonly firstPeakRssMB: number;
  /** The memory of the longest row's process after its last image. */
  readonly warmPeakRssMB: number;
  readonly warmUploads: number;
}

/** Uploads images of 50 MB from a local S3 to a local Aspose, both with TLS. */
export async function measureUploads(plans: UploadPlans, progress: (line: string) => void) {
  // Outside the project: a bundle must not find node_modules.
  await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-uploads-'));
  const { key, certificate } = await createLocalCertificate(directory.path);
  const services = join(import.meta.dirname, 'upload-services.ts');
  await using started = await startServices(services, [key, certificate]);
  await using limit = await limitMemory(SUBMIT_IMAGE_MEMORY.toBytes());
  const { file } = await bundleOf('submit-image', join(directory.path, 'submit-image'));
  // Plain JavaScript keeps a compiler out of the figures.
  const measured = await bundle(
    join(import.meta.dirname, 'upload-process.ts'),
    join(directory.path, 'process'),
  );
  const options = heapOptions(SUBMIT_IMAGE_MEMORY.toMebibytes());

  async function measure(path: string, uploads: number): Promise<number[]> {
    const command = limit.command(process.execPath, ...options, measured.file, file, String(uploads));
    const environment = {
      ...FUNCTION_ENVIRONMENT,
      ASPOSE_BASE_URL: `${started.url}${path}`,
      AWS_ENDPOINT_URL: started.url,
      NODE_EXTRA_CA_CERTS: certificate,
    };
    return z.array(z.number()).parse(await outputOf(command, environment));
  }

  async function run(name: keyof typeof PATHS): Promise<UploadFigures> {
    const rows: number[][] = [];
    for (const uploads of plans[name]) {
      progress(`recognize: ${uploads} uploads of 50 MB in a row, ${name} Aspose`);
      rows.push(await measure(PATHS[name], uploads));
    }
    const longest = rows.at(-1) ?? [];
    return {
      firstPeakRssMB: median(rows.map(([first = Number.NaN]) => first)),
      warmPeakRssMB: longest.at(-1) ?? Number.NaN,
      warmUploads: longest.length,
    };
  }

  return { setBy: limit.setBy, fast: await run('fast'), slow: await run('slow') };
}
