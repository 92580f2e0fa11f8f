import type { RecognitionEnd } from '../../cli/inbox/recognize-port.ts';
import { apiUrlOf } from '../cli/local-courier.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { openResults } from './collected-results.ts';
import { followImages } from './image-ends.ts';
import { type InboxUpload, uploadToInbox } from './upload-to-inbox.ts';

/**
 * Recognizes files on an embedded stack, and copies their documents.
 *
 * @returns a function that recognizes one file, and can be called for several at once
 */
export function createFileRecognizer(stack: EmbeddedStack) {
  const ends = followImages(stack);
  const results = openResults(stack);
  const apiUrl = apiUrlOf(stack);

  return async (upload: InboxUpload, outDirectory: string): Promise<RecognitionEnd> => {
    const imageId = await uploadToInbox(apiUrl, upload);
    const { detail } = await ends.endOf(imageId);
    const { reason, messages } = detail;
    const message = messages.join(' ') || undefined;
    if (!('taskId' in detail)) return { outcome: 'Refused', reason, message };
    await results.copyTo(outDirectory, detail.taskId);
    return { outcome: detail.outcome, reason, message };
  };
}
