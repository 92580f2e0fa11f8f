import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { batchEventDetailSchema } from '../../functions/contracts/batch-event.ts';
import { parseTaskEvent } from '../../functions/contracts/delivered-events.ts';
import { problemSchema, startRequestSchema } from '../../functions/contracts/http-api.ts';
import { imageRefusedDetailSchema } from '../../functions/contracts/image-event.ts';
import { taskSubmissionSchema } from '../../functions/contracts/task-input.ts';
import { parseInput } from '../../functions/core/invalid-input.ts';
import { codeBlocks, PROJECT } from '../../scripts/documents/code-blocks.ts';
import { synthesize } from '../support/synthesis.ts';

/** The JSON example under a heading of a page. */
function exampleUnder(page: string, heading: string): unknown {
  const example = codeBlocks(page).find((block) => block.language === 'json' && block.heading === heading);
  return JSON.parse(example?.code ?? '');
}

it('the example of an event detail follows the schema', () => {
  const committed = join(PROJECT, 'docs', 'events', 'ocr-task-completed.example.json');
  const detail = exampleUnder('docs/use/events.md', 'The events');

  const event = parseTaskEvent({ ...JSON.parse(readFileSync(committed, 'utf8')), detail });

  expect(event.detail).toEqual(detail);
});

it('the example of a refusal follows the schema', () => {
  const detail = exampleUnder('docs/use/events.md', 'Refused images');

  expect(z.strictObject(imageRefusedDetailSchema.shape).parse(detail)).toEqual(detail);
});

it('the example of a batch follows the schema, and its counts add up to its total', () => {
  const detail = exampleUnder('docs/use/events.md', 'Batches');

  const { counts, total, ...parsed } = z.strictObject(batchEventDetailSchema.shape).parse(detail);

  expect({ ...parsed, counts, total }).toEqual(detail);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(total);
});

it('the example of a problem is what the HTTP API returns', () => {
  const { detail } = z.strictObject(problemSchema.shape).parse(exampleUnder('docs/use/start.md', 'HTTP API'));

  expect(() => parseInput(startRequestSchema, { taskId: 'a', polling: { maxPolls: 0 } })).toThrow(detail);
});

it('the example of a refused event has the reason that the queue keeps', () => {
  const { requestPayload, responsePayload } = z
    .object({
      requestPayload: z.object({ detail: z.unknown() }),
      responsePayload: z.object({ errorMessage: z.string() }),
    })
    .parse(exampleUnder('docs/use/start.md', 'Events'));

  expect(() => parseInput(taskSubmissionSchema, requestPayload.detail)).toThrow(responsePayload.errorMessage);
});

it('the example of a configuration synthesizes', () => {
  const configuration = exampleUnder('docs/use/configuration.md', 'An example');

  expect(() => synthesize(configuration)).not.toThrow();
});
