import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { batchEventDetailSchema } from '../../../functions/contracts/batch-event.ts';
import { batchRecordSchema } from '../../../functions/contracts/batch-record.ts';
import {
  BATCH_COMPLETED_DETAIL_TYPE,
  IMAGE_REFUSED_DETAIL_TYPE,
  parseBatchCompletedEvent,
  parseImageRefusedEvent,
  parseTaskEvent,
  SUBMITTED_DETAIL_TYPE,
} from '../../../functions/contracts/delivered-events.ts';
import { imageRefusedDetailSchema } from '../../../functions/contracts/image-event.ts';
import { imageRecordSchema } from '../../../functions/contracts/image-record.ts';
import { taskEventDetailSchema } from '../../../functions/contracts/task-event.ts';
import { taskSubmissionSchema } from '../../../functions/contracts/task-input.ts';
import { taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { parseInputToStart } from '../../../functions/core/execution-input.ts';
import { faultOf } from '../../support/event-validator.ts';
import { PROJECT } from '../../support/project-paths.ts';
import { isProperties } from '../../support/synthesis.ts';

/**
 * Events and records as each version wrote them, one folder per version. Archives, queues, tables
 * and publishers still have them when a later version runs. Do not change those of a released
 * version.
 */
const FOLDER = join(import.meta.dirname, 'published');

const { version: CURRENT } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')));

const eventSchema = z.looseObject({ 'detail-type': z.string(), time: z.string(), detail: z.looseObject({}) });

const linesOf = (...path: readonly string[]): unknown[] =>
  readFileSync(join(FOLDER, ...path), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
const eventsOf = (version: string) =>
  linesOf(version, 'events.jsonl').map((event) => eventSchema.parse(event));
const eventsOfType = (detailType: string) => (version: string) =>
  eventsOf(version).filter((event) => event['detail-type'] === detailType);
const submittedEvents = eventsOfType(SUBMITTED_DETAIL_TYPE);
const refusals = eventsOfType(IMAGE_REFUSED_DETAIL_TYPE);
const batchEvents = eventsOfType(BATCH_COMPLETED_DETAIL_TYPE);
const OTHER_TYPES: readonly string[] = [
  SUBMITTED_DETAIL_TYPE,
  IMAGE_REFUSED_DETAIL_TYPE,
  BATCH_COMPLETED_DETAIL_TYPE,
];
const terminalEvents = (version: string) =>
  eventsOf(version).filter((event) => !OTHER_TYPES.includes(event['detail-type']));
const recordsOf = (version: string) => linesOf(version, 'records.jsonl');
const imagesOf = (version: string) => linesOf(version, 'images.jsonl');
const batchesOf = (version: string) => linesOf(version, 'batches.jsonl');

describe.each(readdirSync(FOLDER))('version %s', (version) => {
  it('published events that are still parsed, with all their fields', () => {
    for (const event of terminalEvents(version)) expect(parseTaskEvent(event)).toMatchObject(event);
    for (const event of refusals(version)) expect(parseImageRefusedEvent(event)).toMatchObject(event);
    for (const event of batchEvents(version)) expect(parseBatchCompletedEvent(event)).toMatchObject(event);
  });

  it('accepted submitted events that are still accepted', () => {
    for (const { detail, time } of submittedEvents(version)) {
      expect(parseInputToStart(detail, Date.parse(time))).toMatchObject(detail);
    }
  });

  it('has events that follow the JSON Schemas', () => {
    for (const event of eventsOf(version)) expect(faultOf(event['detail-type'], event)).toBeUndefined();
  });

  it('wrote records that are still read, with all their fields', () => {
    for (const record of recordsOf(version)) {
      expect(taskRecordSchema.safeParse(record)).toMatchObject({ success: true, data: record });
    }
    for (const image of imagesOf(version)) {
      expect(imageRecordSchema.safeParse(image)).toMatchObject({ success: true, data: image });
    }
    for (const batch of batchesOf(version)) {
      expect(batchRecordSchema.safeParse(batch)).toMatchObject({ success: true, data: batch });
    }
  });
});

const jsonSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).default([]),
});

/** Lists the fields and listed values of a schema that no example has, and fields that all have. */
function uncovered(schema: unknown, examples: readonly unknown[], path: string): string[] {
  const { properties, required, items, enum: values } = jsonSchema.parse(schema);
  const objects = examples.filter(isProperties);
  return [
    ...values.filter((value) => !examples.includes(value)).map((value) => `${path} is ${value}`),
    ...(items === undefined ? [] : uncovered(items, examples.flat(), `${path}[]`)),
    ...Object.entries(properties).flatMap(([name, inner]) => {
      const present = objects.flatMap((object) => (Object.hasOwn(object, name) ? [object[name]] : []));
      const field = `${path}.${name}`;
      if (present.length === 0) return [`${field} is present`];
      const alwaysPresent = !required.includes(name) && present.length === objects.length;
      return [...(alwaysPresent ? [`${field} is absent`] : []), ...uncovered(inner, present, field)];
    }),
  ];
}

/** Values that the schema allows and no version writes: such tasks are not lost. */
const NEVER_WRITTEN =
  /^record\.lostAs\.(outcome is (Completed|Failed|Cancelled)|reason is (?!Deadline|PollBudget))/;

it.each([
  ['detail of submitted events', taskSubmissionSchema, submittedEvents(CURRENT).map(({ detail }) => detail)],
  ['detail of terminal events', taskEventDetailSchema, terminalEvents(CURRENT).map(({ detail }) => detail)],
  ['detail of refused images', imageRefusedDetailSchema, refusals(CURRENT).map(({ detail }) => detail)],
  ['detail of batches', batchEventDetailSchema, batchEvents(CURRENT).map(({ detail }) => detail)],
  ['record', taskRecordSchema, recordsOf(CURRENT)],
  ['record of an image', imageRecordSchema, imagesOf(CURRENT)],
  ['record of a batch', batchRecordSchema, batchesOf(CURRENT)],
])('the current version has examples of every field and listed value of the %s', (name, schema, examples) => {
  const missing = uncovered(z.toJSONSchema(schema, { io: 'input' }), examples, name);

  expect(missing.filter((value) => !NEVER_WRITTEN.test(value))).toEqual([]);
});
