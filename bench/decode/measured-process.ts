import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';

export interface Services {
  /** Without a slash at its end. */
  readonly vendorUrl: string;
  readonly s3: S3Client;
}

/** Where every contestant stores its document. */
export const BUCKET = 'results';
export const OPERATION = 'RecognizePdf';
export const CONTENT_TYPE = 'application/pdf';

export function documentKey(taskId: string): string {
  return `results/${OPERATION}/${taskId}/0.pdf`;
}

export function answerUrl({ vendorUrl }: Pick<Services, 'vendorUrl'>, taskId: string): string {
  return `${vendorUrl}/v5.0/ocr/${OPERATION}?id=${taskId}`;
}

/** Makes a process of a contestant: collects a task as often as it is told, and prints what each time took, as JSON. */
export async function measure(collect: (services: Services, taskId: string) => Promise<void>): Promise<void> {
  const [vendorUrl = '', storageUrl = '', taskId = '', warmUps, collections] = process.argv.slice(2);
  const s3 = new S3Client({
    endpoint: storageUrl,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  for (let time = 0; time < Number(warmUps); time += 1) await collect({ vendorUrl, s3 }, taskId);
  const times = Number(collections);
  const started = performance.now();
  const startedCpu = process.cpuUsage();
  for (let time = 0; time < times; time += 1) await collect({ vendorUrl, s3 }, taskId);
  const { user, system } = process.cpuUsage(startedCpu);
  const measured = {
    milliseconds: (performance.now() - started) / times,
    cpuMilliseconds: (user + system) / 1000 / times,
    peakRssMB: peakRssMB(),
  };
  process.stdout.write(JSON.stringify(measured), () => process.exit());
}

/**
 * Not `resourceUsage().maxRSS`: on Linux, that one begins with the memory of the process that started this one. Where
 * there is no /proc, it will have to do.
 */
function peakRssMB(): number {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(processStatus()) ?? [];
  return (Number(kibibytes ?? process.resourceUsage().maxRSS) * 1024) / 1e6;
}

function processStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
