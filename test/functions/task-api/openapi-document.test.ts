import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../../functions/task-api/openapi-document.ts';

it('docs/openapi.json is in step with the schemas: npm run generate', async () => {
  const committed = new URL('../../../docs/openapi.json', import.meta.url);

  expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(openApiDocument());
});

it('is a valid OpenAPI 3.1 document, all of its references included', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(openApiDocument()));

  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
  expect(() => validator.resolveRefs()).not.toThrow();
});

it.each(['StartRequest', 'Collection', 'TaskRecord', 'TaskPage', 'LinkedResults', 'Problem'])(
  'allows %s no field that it does not name',
  (name) => {
    expect(openApiDocument()).toHaveProperty(['components', 'schemas', name, 'additionalProperties'], false);
  },
);
