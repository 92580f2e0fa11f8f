import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  BATCH_COMPLETED_DETAIL_TYPE,
  IMAGE_REFUSED_DETAIL_TYPE,
  parseBatchCompletedEvent,
  parseImageRefusedEvent,
  parseTaskEvent,
  SUBMITTED_DETAIL_TYPE,
} from '../../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../functions/contracts/outcomes.ts';
import { taskSubmissionSchema } from '../../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import { eventDocuments } from '../../scripts/event-documents.ts';
import { EVENT_EXAMPLES } from '../../scripts/event-examples.ts';
import { faultOf } from '../support/event-validator.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'events');
const terminalTypes = OUTCOME_NAMES.map((outcome) => OUTCOMES[outcome].detailType);

it('the committed files are what `npm run generate` writes', async () => {
  const files = await readdir(FOLDER);
  const committed = await Promise.all(
    files.map(async (name): Promise<[string, string]> => [name, await readFile(join(FOLDER, name), 'utf8')]),
  );

  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(eventDocuments()));
});

it('every event, received or published, has a schema and an example', () => {
  expect([...EVENT_EXAMPLES.keys()].sort()).toEqual(
    [SUBMITTED_DETAIL_TYPE, ...terminalTypes, IMAGE_REFUSED_DETAIL_TYPE, BATCH_COMPLETED_DETAIL_TYPE].sort(),
  );
  expect(eventDocuments().size).toBe(18);
});

describe.each([...EVENT_EXAMPLES])('the example of %s', (detailType, example) => {
  it('follows its JSON Schema', () => {
    expect(faultOf(detailType, example)).toBeUndefined();
  });

  it('does not follow the schema of any other event', () => {
    for (const other of EVENT_EXAMPLES.keys()) {
      if (other !== detailType) expect(faultOf(other, example)).toContain('must be equal to one of');
    }
  });
});

it.each(terminalTypes)('parseTaskEvent accepts the example of %s and keeps all its fields', (detailType) => {
  const example = EVENT_EXAMPLES.get(detailType);

  expect(parseTaskEvent(example)).toEqual(example);
});

it('parseImageRefusedEvent accepts the example of OCR Image Refused and keeps all its fields', () => {
  const example = EVENT_EXAMPLES.get(IMAGE_REFUSED_DETAIL_TYPE);

  expect(parseImageRefusedEvent(example)).toEqual(example);
});

it('parseBatchCompletedEvent accepts the example of OCR Batch Completed and keeps all its fields', () => {
  const example = EVENT_EXAMPLES.get(BATCH_COMPLETED_DETAIL_TYPE);

  expect(parseBatchCompletedEvent(example)).toEqual(example);
});

it.each([
  ['no task id', { taskId: undefined }],
  ['a task id with a slash', { taskId: 'a/b' }],
  ['an unknown operation', { operation: 'Recognize' }],
  ['an invalid submission time', { submittedAt: 'yesterday' }],
  ['an empty correlation', { correlation: '' }],
  ['too many polls', { polling: { maxPolls: 100_000 } }],
  ['an unknown field', { baseUrl: 'https://evil.example' }],
])('its JSON Schema and the parser refuse OCR Task Submitted with %s', (_, fault) => {
  const example = z
    .looseObject({ detail: z.looseObject({}) })
    .parse(EVENT_EXAMPLES.get(SUBMITTED_DETAIL_TYPE));
  const detail = JSON.parse(JSON.stringify({ ...example.detail, ...fault }));

  expect(faultOf(SUBMITTED_DETAIL_TYPE, { ...example, detail })).toContain('/detail');
  expect(() => parseInput(taskSubmissionSchema, detail)).toThrow(InvalidInput);
});

it('the parser accepts the example of OCR Task Submitted', () => {
  const example = EVENT_EXAMPLES.get(SUBMITTED_DETAIL_TYPE);
  const { detail } = z.object({ detail: z.object({}).loose() }).parse(example);

  expect(parseInput(taskSubmissionSchema, detail)).toEqual({
    ...detail,
    generation: 1,
  });
});
