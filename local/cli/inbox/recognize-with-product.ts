import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandError } from '../../../cli/command-errors.ts';
import { errorCode } from '../../../cli/error-code.ts';
import type { RecognizeFile } from '../../../cli/inbox/recognize-port.ts';
import type { Progress } from '../../../cli/progress.ts';
import { describeUpload, parseUpload } from '../../logged-upload.ts';
import type { createFileRecognizer } from '../../recognition/recognize-file.ts';
import type { VendorChoice } from '../vendor.ts';

/**
 * Recognizes files on an embedded stack, which starts with the first file.
 *
 * @param progress shows why an upload is repeated
 */
export function openFileRecognizer(
  choice: VendorChoice,
  progress: Pick<Progress, 'doing'>,
): AsyncDisposable & { recognize: RecognizeFile } {
  const started = new AsyncDisposableStack();
  let starting: Promise<ReturnType<typeof createFileRecognizer>> | undefined;

  async function start() {
    // Imported late: loading the AWS clients and the simulator would delay usage errors.
    const { openVendor, startCourier } = await import('../local-courier.ts');
    const recognition = await import('../../recognition/recognize-file.ts');
    const vendor = started.use(await openVendor(choice));
    const stack = await startCourier(vendor);
    started.defer(() => stack.close());
    stack.onLog((line) => {
      const upload = parseUpload(line);
      if (upload?.observed === 'NotAccepted') progress.doing(describeUpload(upload));
    });
    return recognition.createFileRecognizer(stack);
  }

  return {
    async recognize({ path, operation, settings }, outDirectory) {
      // The product checks the content itself, and gives the reason of its event.
      const bytes = await readFile(path).catch((error: unknown) => {
        throw new CommandError(`it cannot be read (${errorCode(error) ?? error})`);
      });
      starting ??= start();
      const recognize = await starting;
      return await recognize({ fileName: basename(path), bytes, operation, settings }, outDirectory);
    },
    async [Symbol.asyncDispose]() {
      await starting?.catch(() => undefined);
      await started.disposeAsync();
    },
  };
}
