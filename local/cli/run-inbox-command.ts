import type { InboxOptions } from '../../cli/inbox/inbox-plan.ts';
import type { CommandContext } from '../../cli/output-options.ts';
import { planRecognition, type RecognizeOptions } from '../../cli/plan-recognition.ts';
import { runInbox } from '../../cli/run-inbox.ts';
import { openFileRecognizer } from './inbox/recognize-with-product.ts';
import { chooseVendor, explainerOf } from './vendor.ts';

/**
 * Watches a folder, and recognizes its files on an embedded stack.
 *
 * @returns the exit status
 * @throws UsageError or InvalidInput before anything is started
 */
export async function runInboxCommand(
  directory: string,
  options: InboxOptions & Pick<RecognizeOptions, 'language' | 'resultType'>,
  context: CommandContext,
): Promise<number> {
  const choice = chooseVendor(context.environment);
  await using recognizer = openFileRecognizer(choice, context.progress);
  return await runInbox(directory, options, context, recognizer.recognize, (operation, texts) => {
    const setting = Object.entries(texts).map(([name, text]) => `${name}=${text}`);
    return { ...planRecognition({ ...options, operation, setting }, explainerOf(choice)).settings };
  });
}
