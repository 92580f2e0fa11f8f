import type { OcrClient, Task } from '../../client/client.ts';
import { MANIFEST_FILE, manifestSchema } from '../../functions/contracts/manifest.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import { type CopiedDocument, copyDocuments, type StoredDocuments } from '../copy-documents.ts';

/** Copies the documents of a task into a directory, if it has any. */
export async function copyTaskDocuments(
  client: OcrClient,
  { taskId, manifestKey }: Pick<Task, 'taskId' | 'manifestKey'>,
  directory: string,
  advice?: string,
): Promise<readonly CopiedDocument[]> {
  if (manifestKey === undefined) return [];
  return await copyDocuments(apiDocuments(client, taskId, manifestKey), directory, advice);
}

/** The documents that the HTTP API links to. It has no link to data that is not valid base64. */
export function apiDocuments(client: OcrClient, taskId: string, manifestKey: string): StoredDocuments {
  const indexes = new Map<string, number>();
  return {
    manifestKey,
    async read(key) {
      const document = key === manifestKey ? MANIFEST_FILE : indexes.get(key);
      if (document === undefined) return undefined;
      const bytes = new Uint8Array(await new Response(await client.download(taskId, document)).arrayBuffer());
      if (key === manifestKey) {
        const { results } = manifestSchema.parse(parseJson(Buffer.from(bytes).toString('utf8')));
        for (const { index, key: listed } of results) if (listed !== null) indexes.set(listed, index);
      }
      return bytes;
    },
  };
}
