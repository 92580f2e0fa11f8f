import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseTaskEvent, SUBMITTED_DETAIL_TYPE } from '../../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { parseTaskSubmission } from '../../functions/core/execution-input.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { eventDocuments } from '../../scripts/event-documents.ts';
import { EVENT_EXAMPLES } from '../../scripts/event-examples.ts';
import { faultOf } from '../support/event-validator.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'events');
const terminalTypes = OUTCOME_NAMES.map((outcome) => OUTCOMES[outcome].detailType);

test('the committed files are those that `npm run generate` makes now', async () => {
  const files = await readdir(FOLDER);
  const committed = await Promise.all(
    files.map(async (name): Promise<[string, string]> => [name, await readFile(join(FOLDER, name), 'utf8')]),
  );

  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(eventDocuments()));
});

test('there is a schema and an example of every event, in and out', () => {
  expect([...EVENT_EXAMPLES.keys()].sort()).toEqual([SUBMITTED_DETAIL_TYPE, ...terminalTypes].sort());
  expect(eventDocuments().size).toBe(14);
});

describe.each([...EVENT_EXAMPLES])('the example of %s', (detailType, example) => {
  test('is what its JSON Schema says', () => {
    expect(faultOf(detailType, example)).toBeUndefined();
  });

  test('is of no other event', () => {
    for (const other of EVENT_EXAMPLES.keys()) {
      if (other !== detailType) expect(faultOf(other, example)).toContain('must be equal to one of');
    }
  });
});

test.each(terminalTypes)(
  'the example of %s is taken by its zod schema, and loses nothing by it',
  (detailType) => {
    const example = EVENT_EXAMPLES.get(detailType);

    expect(parseTaskEvent(example)).toEqual(example);
  },
);

test.each([
  ['no task id', { taskId: undefined }],
  ['a task id with a slash', { taskId: 'a/b' }],
  ['an unknown operation', { operation: 'Recognize' }],
  ['a submission at no instant', { submittedAt: 'yesterday' }],
  ['an empty correlation', { correlation: '' }],
  ['too many polls', { polling: { maxPolls: 100_000 } }],
  ['an unknown field', { baseUrl: 'https://evil.example' }],
])('with %s, OCR Task Submitted is refused by its JSON Schema and by the way in', (_, fault) => {
  const example = z
    .looseObject({ detail: z.looseObject({}) })
    .parse(EVENT_EXAMPLES.get(SUBMITTED_DETAIL_TYPE));
  const detail = JSON.parse(JSON.stringify({ ...example.detail, ...fault }));

  expect(faultOf(SUBMITTED_DETAIL_TYPE, { ...example, detail })).toContain('/detail');
  expect(() => parseTaskSubmission(detail, Date.parse('2026-02-01T00:00:00Z'))).toThrow(InvalidInput);
});

test('the example of OCR Task Submitted is taken by the way in', () => {
  const example = EVENT_EXAMPLES.get(SUBMITTED_DETAIL_TYPE);
  const { detail } = z.object({ detail: z.object({}).loose() }).parse(example);

  expect(parseTaskSubmission(detail, Date.parse('2026-02-01T00:00:00Z'))).toEqual({
    ...detail,
    generation: 1,
  });
});
