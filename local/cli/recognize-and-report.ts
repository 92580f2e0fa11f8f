import * as z from 'zod/mini';
import type { CommandContext, OutputOptions } from '../../cli/output-options.ts';
import { imageViewSchema } from '../../functions/contracts/images-api.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { followImages } from '../recognition/image-ends.ts';
import { type InboxUpload, uploadToInbox } from '../recognition/upload-to-inbox.ts';
import { apiUrlOf } from './local-courier.ts';
import { type EndedRun, runOnCourier } from './run-on-courier.ts';
import type { VendorChoice, VendorOptions } from './vendor.ts';

/**
 * Uploads a file to the inbox of the embedded stack, waits for its end, and prints it.
 *
 * @returns the exit status
 */
export async function recognizeAndReport(
  choice: VendorChoice,
  upload: InboxUpload,
  options: OutputOptions,
  context: CommandContext,
  vendorOptions: VendorOptions,
): Promise<number> {
  const { progress, cancelled } = context;
  async function run(stack: EmbeddedStack): Promise<EndedRun> {
    const ends = followImages(stack);
    const apiUrl = apiUrlOf(stack);
    progress.doing(`uploading ${upload.fileName} to the inbox for ${upload.operation}`);
    const imageId = await uploadToInbox(apiUrl, upload);
    const stop = () => void stopImage(stack, apiUrl, imageId);
    cancelled.addEventListener('abort', stop, { once: true });
    if (cancelled.aborted) stop();
    const { event, detail } = await ends.endOf(imageId);
    cancelled.removeEventListener('abort', stop);
    const taskId = 'taskId' in detail ? detail.taskId : undefined;
    return { event, taskId, executionArn: detail.executionArn };
  }
  return await runOnCourier(choice, options, context, run, vendorOptions);
}

const CHECK_MILLISECONDS = 50;

/** Stops the execution of an image as soon as there is one. */
async function stopImage(stack: EmbeddedStack, apiUrl: string, imageId: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${apiUrl}/images/${imageId}`);
    const { executionArn } = z.parse(imageViewSchema, await response.json());
    if (executionArn !== undefined) {
      await stack.stopExecution(executionArn, 'Cancelled', 'stopped at the command line');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, CHECK_MILLISECONDS));
  }
}
