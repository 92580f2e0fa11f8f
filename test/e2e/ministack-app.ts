import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { templateForMiniStack } from './template-for-ministack.ts';

/**
 * The CDK app as MiniStack can take it: synthesised as ever, and its template adapted. The CDK command line runs it, as
 * CDK_APP tells it to. Each change is told on stderr.
 */

const { CDK_OUTDIR, E2E_ASPOSE_BASE_URL } = z
  .object({ CDK_OUTDIR: z.string(), E2E_ASPOSE_BASE_URL: z.string() })
  .parse(process.env);

await import('../../bin/ocr-courier.ts');
const file = join(CDK_OUTDIR, 'OcrCourier.template.json');
const { template, changes } = templateForMiniStack(
  JSON.parse(await readFile(file, 'utf8')),
  E2E_ASPOSE_BASE_URL,
);
await writeFile(file, JSON.stringify(template));
for (const change of changes) process.stderr.write(`${change}\n`);
