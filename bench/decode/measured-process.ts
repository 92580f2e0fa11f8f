import { S3Client } from '@aws-sdk/client-s3';
import { peakRssMB } from '../peak-rss.ts';

export interface Services {
  /** URL of Aspose, without a trailing slash. S3 has the same. */
  readonly vendorUrl: string;
  readonly s3: S3Client;
}

/** The bucket in which every contestant stores its document. */
export const BUCKET = 'results';
export const OPERATION = 'RecognizePdf';
export const CONTENT_TYPE = 'application/pdf';

export function documentKey(taskId: string): string {
  return `results/${OPERATION}/${taskId}/0.pdf`;
}

export function responseUrl({ vendorUrl }: Pick<Services, 'vendorUrl'>, taskId: string): string {
  return `${vendorUrl}/v5.0/ocr/${OPERATION}?id=${taskId}`;
}

/** Collects a task repeatedly, as the arguments request, and prints the mean cost as JSON. */
export async function measureCollections(
  collect: (services: Services, taskId: string) => Promise<void>,
): Promise<void> {
  const [vendorUrl = '', taskId = '', warmUps, collections] = process.argv.slice(2);
  const s3 = new S3Client({
    endpoint: vendorUrl,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  for (let run = 0; run < Number(warmUps); run += 1) await collect({ vendorUrl, s3 }, taskId);
  const runs = Number(collections);
  const started = performance.now();
  const startedCpu = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) await collect({ vendorUrl, s3 }, taskId);
  const { user, system } = process.cpuUsage(startedCpu);
  const measured = {
    milliseconds: (performance.now() - started) / runs,
    cpuMilliseconds: (user + system) / 1000 / runs,
    peakRssMB: peakRssMB(),
  };
  process.stdout.write(JSON.stringify(measured), () => process.exit());
}
