import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { templateForMiniStack } from './template.ts';

/**
 * The CDK app for MiniStack: synthesizes the stack, adapts its template and prints each change to
 * stderr. The CDK CLI runs it because CDK_APP names it.
 */

const { CDK_OUTDIR, E2E_ASPOSE_BASE_URL } = z
  .object({ CDK_OUTDIR: z.string(), E2E_ASPOSE_BASE_URL: z.string() })
  .parse(process.env);

await import('../../../bin/ocr-courier.ts');
const file = join(CDK_OUTDIR, 'OcrCourier.template.json');
const { template, changes } = templateForMiniStack(
  JSON.parse(await readFile(file, 'utf8')),
  E2E_ASPOSE_BASE_URL,
);
await writeFile(file, JSON.stringify(template));
for (const change of changes) process.stderr.write(`${change}\n`);
