import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OUTCOMES, REASONS } from '../../functions/contracts/outcomes.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import * as refusals from '../../functions/core/task-errors.ts';
import { TaskConflict } from '../../functions/core/task-errors.ts';
import { UnsupportedMediaType } from '../../functions/task-api/json-body.ts';
import { RouteNotFound } from '../../functions/task-api/problem.ts';
import { PROJECT } from '../../scripts/documents/code-blocks.ts';
import { synthesise } from '../support/synthesis.ts';

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

const names = (classes: readonly { readonly name: string }[]) => classes.map(({ name }) => name);

test('troubleshooting has every error with which our state machine fails', () => {
  const outcomes = Object.values(OUTCOMES).flatMap(({ error }) => error ?? []);
  const others = ['OcrTaskUnknownOutcome', 'OcrTaskUnknownStatus', ...names([InvalidInput, TaskConflict])];
  const listed = namesUnder('docs/operate/troubleshooting.md', 'An execution failed');

  expect(listed.filter((name) => !/\W/.test(name)).toSorted()).toEqual([...outcomes, ...others].sort());
});

test('troubleshooting has every reason', () => {
  expect(namesUnder('docs/operate/troubleshooting.md', 'A task failed or timed out').toSorted()).toEqual(
    [...REASONS].sort(),
  );
});

test('troubleshooting has every problem of the HTTP API', () => {
  const known = [InvalidInput, TaskConflict, ...Object.values(refusals), UnsupportedMediaType, RouteNotFound];

  expect(namesUnder('docs/operate/troubleshooting.md', 'The HTTP API refused a request').toSorted()).toEqual(
    [...names(known), 'InternalError'].sort(),
  );
});

test('the README has every field of the configuration', () => {
  const fields = namesUnder('README.md', 'Configure').join(', ');

  expect(() => synthesise([])).toThrow(`an object with any of ${fields}`);
});
