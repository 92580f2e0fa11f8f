import { createHash } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { createDocumentReader } from '../../functions/adapters/aws/document-reader.ts';
import { DOCUMENTS_PREFIX, MANIFEST_FILE, manifestSchema } from '../../functions/contracts/manifest.ts';
import type { OperationName } from '../../functions/contracts/operations.ts';
import type { StoredResult } from '../../functions/contracts/task-record.ts';
import { parseJson } from '../../functions/core/parse-json.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { openStackStorage } from '../recognition/stack-storage.ts';
import { documentText, TEXT_EXTENSIONS } from './document-text.ts';
import { type HocrDocument, NO_PLACE, readHocr } from './hocr-words.ts';
import type { IndexedImage, IndexedTask } from './write-index.ts';

/** The documents of a task in the bucket. */
export interface StoredTask {
  /** Key prefix of everything stored for the task. */
  readonly prefix: string;
  readonly taskId: string;
  /** Changes with any document of the task. */
  readonly fingerprint: string;
}

/** The documents that a stack has collected. */
export interface CollectedTasks {
  /** Lists all tasks with a manifest. */
  list(): Promise<readonly StoredTask[]>;
  /** Finds the documents of one task; undefined without a manifest. */
  find(prefix: string): Promise<StoredTask | undefined>;
  /** Reads the documents of a task; undefined when the task has none, or none any more. */
  read(task: StoredTask): Promise<IndexedTask | undefined>;
  exists(key: string): Promise<boolean>;
}

/** Bounds the memory for one document. A text of this size has more words than are indexed. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

export function openCollectedTasks(stack: Pick<EmbeddedStack, 'clientConfig' | 'resource'>): CollectedTasks {
  const { records, s3, bucket } = openStackStorage(stack);
  const { exists } = createDocumentReader(s3, bucket);

  async function list(prefix: string): Promise<StoredTask[]> {
    const etags = new Map<string, string[]>();
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key = '', ETag = '' } of Contents) {
        const folder = Key.slice(0, Key.lastIndexOf('/'));
        etags.set(folder, [...(etags.get(folder) ?? []), `${Key} ${ETag}`]);
      }
    }
    return [...etags].flatMap(([folder, objects]) => {
      if (!objects.some((object) => object.startsWith(`${folder}/${MANIFEST_FILE} `))) return [];
      const fingerprint = createHash('sha256').update(objects.join('\n')).digest('hex');
      return [{ prefix: folder, taskId: folder.slice(folder.lastIndexOf('/') + 1), fingerprint }];
    });
  }

  async function readText(key: string): Promise<string | undefined> {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async function readImage({ text, hocr }: ImageResults, operation: OperationName): Promise<IndexedImage[]> {
    const [textContent, hocrContent] = [await readContent(text), await readContent(hocr)];
    if (textContent === undefined && hocrContent === undefined) return [];
    return [
      {
        text: textContent && {
          result: textContent.result,
          content: await documentText(extensionOf(textContent.result.key), textContent.content),
        },
        hocr: hocrContent && {
          result: hocrContent.result,
          document: withoutPlaces(await readHocr(hocrContent.content), operation),
        },
      },
    ];
  }

  async function readContent(result: StoredResult | undefined) {
    if (result === undefined || result.key === null || result.bytes > MAX_DOCUMENT_BYTES) return undefined;
    const { index, key } = result;
    const content = await readText(key);
    return content === undefined ? undefined : { result: { index, key }, content };
  }

  return {
    list: () => list(DOCUMENTS_PREFIX),
    async find(prefix) {
      const [task] = await list(`${prefix}/`);
      return task;
    },
    async read({ prefix, taskId, fingerprint }) {
      const content = await readText(`${prefix}/${MANIFEST_FILE}`);
      const manifest = z.safeParse(manifestSchema, parseJson(content ?? '')).data;
      const record = await records.read(taskId);
      // The manifest of an earlier generation may remain.
      const isReplaced = record?.outcome !== undefined && record.manifestKey === undefined;
      if (manifest === undefined || isReplaced) return undefined;
      const images: IndexedImage[] = [];
      for (const results of imagesOf(manifest.results))
        images.push(...(await readImage(results, manifest.operation)));
      const collectedAt = record?.completedAt ?? new Date().toISOString();
      return { taskId, fingerprint, collectedAt, source: record?.source, images };
    },
    exists,
  };
}

/** The results that describe one image. */
interface ImageResults {
  readonly text: StoredResult | undefined;
  readonly hocr: StoredResult | undefined;
}

/**
 * Groups results by image. A combined result type has one result of each type for each image, so
 * the nth results of all types belong together.
 */
export function imagesOf(results: readonly StoredResult[]): ImageResults[] {
  const byType = Map.groupBy(results, ({ type }) => type);
  const count = Math.max(0, ...[...byType.values()].map((ofType) => ofType.length));
  return Array.from({ length: count }, (_, place) => {
    const ofImage = [...byType.values()].flatMap((ofType) => ofType[place] ?? []);
    const withExtension = (extension: string) =>
      ofImage.find(({ key }) => key !== null && extensionOf(key) === extension);
    const [text] = TEXT_EXTENSIONS.flatMap((extension) => withExtension(extension) ?? []);
    return { text, hocr: withExtension('hocr') };
  });
}

/**
 * Removes the rectangles of regions: they may be relative to the region or to the image, which
 * Aspose does not document.
 */
function withoutPlaces(document: HocrDocument, operation: OperationName): HocrDocument {
  if (operation !== 'RecognizeRegions') return document;
  return { pages: [], words: document.words.map(({ text, page }) => ({ text, page, ...NO_PLACE })) };
}

function extensionOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
