import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/task-api/openapi-document.ts';

it('matches docs/openapi.json, which npm run generate writes', async () => {
  const committed = new URL('../../../docs/openapi.json', import.meta.url);

  expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(openApiDocument());
});

it('is a valid OpenAPI 3.1 document whose references all resolve', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(openApiDocument()));

  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
  expect(() => validator.resolveRefs()).not.toThrow();
});

it.each(['StartRequest', 'Collection', 'TaskRecord', 'TaskPage', 'LinkedResults', 'Problem'])(
  'allows no additional properties in %s',
  (name) => {
    expect(openApiDocument()).toHaveProperty(['components', 'schemas', name, 'additionalProperties'], false);
  },
);
