import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { BATCH_FAILED_ERROR } from '../../functions/contracts/batch-event.ts';
import { BATCH_OUTCOMES } from '../../functions/contracts/batch-record.ts';
import { IMAGE_REFUSED_ERROR } from '../../functions/contracts/image-event.ts';
import { REFUSAL_REASONS } from '../../functions/contracts/image-record.ts';
import { DSR_CONFIDENCES, DSR_MODES, imageSettingsSchema } from '../../functions/contracts/image-settings.ts';
import { LANGUAGES } from '../../functions/contracts/languages.ts';
import { OPERATION_NAMES, type OperationName } from '../../functions/contracts/operations.ts';
import { OUTCOMES, REASONS } from '../../functions/contracts/outcomes.ts';
import { RESULT_TYPES, TABLE_RESULT_TYPES } from '../../functions/contracts/result-types.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import * as taskErrors from '../../functions/core/task-errors.ts';
import { BatchConflict, ImageConflict, TaskConflict } from '../../functions/core/task-errors.ts';
import { UnsupportedMediaType } from '../../functions/task-api/json-body.ts';
import { IMAGE_FORMATS } from '../../local/aspose-simulator/image-formats.ts';
import { PROJECT } from '../../scripts/documents/code-blocks.ts';
import { synthesize } from '../support/synthesis.ts';

const RECOGNIZE = 'docs/use/recognize.md';
const TROUBLESHOOTING = 'docs/operate/troubleshooting.md';

/** The names in the first column of the table under a heading, in order. */
function namesUnder(page: string, heading: string): readonly string[] {
  const [, section = ''] = readFileSync(join(PROJECT, page), 'utf8').split(`\n## ${heading}\n`);
  const rows = section
    .split('\n## ', 1)
    .join()
    .matchAll(/^\| ([^|]*`[^|]*) \|/gm);
  return [...rows].flatMap(([, first = '']) =>
    [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

/** The settings of an operation, by the error that lists them. */
function settingsOf(operation: OperationName): readonly string[] {
  const { error } = z.safeParse(imageSettingsSchema(operation), []);
  const [, fields = ''] = /^an object with (?:any of )?(.*)$/.exec(error?.issues[0]?.message ?? '') ?? [];
  return fields.split(/, | and optionally /).filter((name) => name !== '');
}

const namesOf = (classes: readonly { readonly name: string }[]) => classes.map(({ name }) => name);

it('the testing page lists every image format of the simulator', () => {
  const page = readFileSync(join(PROJECT, 'docs/contribute/testing.md'), 'utf8');
  const [, images] = /^- \*\*Images:\*\* ([^;]*);/m.exec(page) ?? [];

  for (const name of Object.values(IMAGE_FORMATS)) expect(images).toContain(name);
});

it('the page about events lists every outcome of a batch', () => {
  expect(namesUnder('docs/use/events.md', 'Batches')).toEqual([
    ...BATCH_OUTCOMES,
    ...['results.jsonl', 'results.csv', 'summary.json'],
  ]);
});

it('troubleshooting lists every error with which the state machine fails', () => {
  const outcomes = Object.values(OUTCOMES).flatMap(({ error }) => error ?? []);
  const others = [
    ...['OcrTaskUnknownOutcome', 'OcrTaskUnknownStatus', IMAGE_REFUSED_ERROR, BATCH_FAILED_ERROR],
    ...namesOf([InvalidInput, TaskConflict, ImageConflict, BatchConflict]),
  ];
  const listed = namesUnder(TROUBLESHOOTING, 'An execution failed');

  expect(listed.filter((name) => !/\W/.test(name)).toSorted()).toEqual([...outcomes, ...others].sort());
});

it('troubleshooting lists every reason', () => {
  expect(namesUnder(TROUBLESHOOTING, 'A task failed or timed out').toSorted()).toEqual([...REASONS].sort());
});

it('troubleshooting lists every reason of a refusal', () => {
  const listed = namesUnder(TROUBLESHOOTING, 'An image was refused');

  expect(listed.toSorted()).toEqual([...REFUSAL_REASONS].sort());
});

it('the page about images lists every operation', () => {
  const listed = namesUnder(RECOGNIZE, 'Operations');

  expect(listed.toSorted()).toEqual([...OPERATION_NAMES].sort());
});

it('the page about images lists every setting and its values', () => {
  const page = readFileSync(join(PROJECT, RECOGNIZE), 'utf8');
  const taken = OPERATION_NAMES.flatMap((operation) => settingsOf(operation));

  expect(namesUnder(RECOGNIZE, 'Settings').toSorted()).toEqual([...new Set(taken)].sort());
  const values = [...RESULT_TYPES, ...TABLE_RESULT_TYPES, ...DSR_MODES, ...DSR_CONFIDENCES];
  expect(values.filter((value) => !page.includes(`\`${value}\``))).toEqual([]);
  expect(page).toContain(`Aspose's ${LANGUAGES.length}`);
});

it('troubleshooting lists every problem of the HTTP API', () => {
  const known = [InvalidInput, ...Object.values(taskErrors), UnsupportedMediaType];

  expect(namesUnder(TROUBLESHOOTING, 'The HTTP API refused a request').toSorted()).toEqual(
    [...namesOf(known), 'InternalError'].sort(),
  );
});

it.each([
  { heading: 'Fields', configuration: [] },
  { heading: 'Fields of polling', configuration: { polling: [] } },
  { heading: 'Fields of api', configuration: { api: [] } },
  { heading: 'Fields of analysis', configuration: { analysis: [] } },
  { heading: 'Fields of monitoring', configuration: { monitoring: [] } },
])('the configuration page lists every field under "$heading"', ({ heading, configuration }) => {
  const fields = namesUnder('docs/use/configuration.md', heading);

  expect(() => synthesize(configuration)).toThrow(new RegExp(`an object with any of ${fields.join(', ')}$`));
});
