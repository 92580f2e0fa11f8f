import { basename, resolve } from 'node:path';
import { type CommandContext, checkOut, type OutputOptions } from '../../cli/output-options.ts';
import { planRecognition, type RecognizeOptions, readImageFile } from '../../cli/plan-recognition.ts';
import { chooseVendor, explainerOf, type VendorOptions } from './vendor.ts';

/**
 * Recognizes a file: uploads it to the inbox of the embedded stack, and waits for its end.
 *
 * @param vendorOptions options of the simulator, if it is used
 * @returns the exit status: 0 when the task is Completed, 1 otherwise
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runRecognize(
  path: string,
  options: RecognizeOptions & OutputOptions,
  context: CommandContext,
  vendorOptions: VendorOptions = {},
): Promise<number> {
  const choice = chooseVendor(context.environment);
  const plan = planRecognition(options, explainerOf(choice));
  const bytes = await readImageFile(resolve(context.directory, path), path, plan);
  await checkOut(options, context.directory);
  // Imported late: loading the AWS clients and the simulator would delay usage errors.
  const { recognizeAndReport } = await import('./recognize-and-report.ts');
  const upload = { ...plan, fileName: basename(path), bytes };
  return await recognizeAndReport(choice, upload, options, context, vendorOptions);
}
