import { UploadRejectedError } from '../../cli/command-errors.ts';
import type { RecognitionPlan } from '../../cli/plan-recognition.ts';
import { ApiProblem, createClient } from '../../client/client.ts';

/** A file to recognize, and how. */
export interface InboxUpload extends RecognitionPlan {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/**
 * Uploads a file to the inbox, as callers of the HTTP API do: with a link that the API returns.
 *
 * @returns the id of the image, whose recognition starts by itself
 * @throws UploadRejectedError
 */
export async function uploadToInbox(
  apiUrl: string,
  { fileName, bytes, operation, settings }: InboxUpload,
): Promise<string> {
  const request = { fileName, operation, settings: { ...settings } };
  return await createClient({ apiUrl })
    .upload(bytes, request)
    .catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
      throw new UploadRejectedError(`The file was not accepted: ${error.detail}`);
    });
}
