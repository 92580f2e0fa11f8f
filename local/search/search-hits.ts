import * as z from 'zod/mini';
import { DEFAULT_HITS, MAX_HITS } from '../../cli/search-options.ts';
import { knownSourceSchema } from '../../functions/contracts/image-input.ts';
import { closedObject, wholeNumberFromTo } from '../../functions/contracts/schema-helpers.ts';

/** A recognized image whose text matches a query. */
export const searchHitSchema = z.object({
  taskId: z.string(),
  /** The result with the snippet: /local/tasks/{taskId}/documents/{index}. */
  index: z.int(),
  /** When the task ended, in ISO 8601. */
  collectedAt: z.string(),
  /** The image, if ocr-courier submitted it: /local/tasks/{taskId}/image. */
  source: z.nullable(knownSourceSchema),
  /** Plain text around the matches. It is untrusted. */
  snippet: z.string(),
  /** The snippet in parts. */
  snippetParts: z.array(z.object({ text: z.string(), isMatch: z.boolean() })),
  /**
   * The matched words in the hOCR document of the image: rectangles in pixels of their page. At
   * most 500; none without an hOCR document.
   */
  words: z.array(
    z.object({
      text: z.string(),
      /** From 1. */
      page: z.int(),
      x1: z.int(),
      y1: z.int(),
      x2: z.int(),
      y2: z.int(),
    }),
  ),
  /** The pages of `words` whose size is known, in pixels. An image has one page. */
  pages: z.array(z.object({ number: z.int(), width: z.int(), height: z.int() })),
});
export type SearchHit = z.output<typeof searchHitSchema>;

/** What a search found, the best hit first. */
export const searchHitsSchema = z.object({ hits: z.array(searchHitSchema) });
export type SearchHits = z.output<typeof searchHitsSchema>;

/** What a search takes. The limit is text. */
export const searchRequestSchema = closedObject({
  q: z._default(z.string('text'), ''),
  limit: z._default(
    z.pipe(
      z.transform((limit) => (/^\d{1,9}$/.test(String(limit)) ? Number(limit) : limit)),
      wholeNumberFromTo(1, MAX_HITS),
    ),
    DEFAULT_HITS,
  ),
});
