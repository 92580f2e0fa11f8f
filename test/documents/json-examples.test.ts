import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { parseTaskEvent } from '../../functions/contracts/delivered-events.ts';
import { problemSchema, startRequestSchema } from '../../functions/contracts/http-api.ts';
import { taskSubmissionSchema } from '../../functions/contracts/task-input.ts';
import { parseInput } from '../../functions/core/invalid-input.ts';
import { codeBlocks, PROJECT } from '../../scripts/documents/code-blocks.ts';

/** The first example in JSON of a page. */
function exampleIn(page: string): unknown {
  const [example] = codeBlocks(page).filter(({ language }) => language === 'json');
  return JSON.parse(example?.code ?? '');
}

test("the README's detail of an event is one", () => {
  const committed = join(PROJECT, 'docs', 'events', 'ocr-task-completed.example.json');
  const detail = exampleIn('README.md');

  const event = parseTaskEvent({ ...JSON.parse(readFileSync(committed, 'utf8')), detail });

  expect(event.detail).toEqual(detail);
});

test("the HTTP API's problem is what is answered", () => {
  const { detail } = z.strictObject(problemSchema.shape).parse(exampleIn('docs/http-api.md'));

  expect(() => parseInput(startRequestSchema, { taskId: 'a', polling: { maxPolls: 0 } })).toThrow(detail);
});

test('a refused event has the reason that it is kept with', () => {
  const { requestPayload, responsePayload } = z
    .object({
      requestPayload: z.object({ detail: z.unknown() }),
      responsePayload: z.object({ errorMessage: z.string() }),
    })
    .parse(exampleIn('docs/events.md'));

  expect(() => parseInput(taskSubmissionSchema, requestPayload.detail)).toThrow(responsePayload.errorMessage);
});
