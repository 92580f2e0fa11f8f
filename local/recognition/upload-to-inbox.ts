import * as z from 'zod/mini';
import { UploadRejectedError } from '../../cli/command-errors.ts';
import type { RecognitionPlan } from '../../cli/plan-recognition.ts';
import { requestedUploadSchema } from '../../functions/contracts/images-api.ts';

/** A file to recognize, and how. */
export interface InboxUpload extends RecognitionPlan {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

const problemSchema = z.object({ detail: z.string() });

/** Longer names are cut at the beginning, so that their extension stays. */
const MAX_NAME_CHARACTERS = 100;

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
  const response = await fetch(`${apiUrl}/images`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fileName: acceptedName(fileName), operation, settings }),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const problem = z.safeParse(problemSchema, body).data;
    throw new UploadRejectedError(
      `The file was not accepted: ${problem?.detail ?? `HTTP ${response.status}`}`,
    );
  }
  const { imageId, upload } = z.parse(requestedUploadSchema, body);
  const { method, url, headers } = upload;
  const uploaded = await fetch(url, { method, headers, body: Buffer.from(bytes) });
  if (!uploaded.ok) throw new UploadRejectedError(`The upload to the inbox failed: HTTP ${uploaded.status}`);
  return imageId;
}

/** Replaces what POST /images does not accept in a name. */
function acceptedName(fileName: string): string {
  const cut = [...fileName.toWellFormed()].slice(-MAX_NAME_CHARACTERS).join('');
  const name = cut.replaceAll(/[/\p{Cc}]/gu, '_').replace(/^\.{3,}/, '..');
  return /^\.{0,2}$/.test(name) ? '_' : name;
}
