import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../support/project-paths.ts';
import { CheckError, pythonTool, runTool } from './run-tool.ts';

const FOLDER = join(PROJECT, 'docs', 'events');
const SCHEMA = '.schema.json';

/** Checks with Python's jsonschema that each event schema is valid and accepts its example. */
export async function checkEvents(): Promise<void> {
  const validator = await pythonTool('check-jsonschema');
  const schemas = (await readdir(FOLDER)).filter((name) => name.endsWith(SCHEMA));
  if (schemas.length === 0) throw new CheckError(`${FOLDER} has no schemas.`);
  await runTool(validator, ['--check-metaschema', ...schemas.map((name) => join(FOLDER, name))]);
  for (const name of schemas) {
    const example = join(FOLDER, name.replace(SCHEMA, '.example.json'));
    // No schema refers to another document, so nothing needs to be downloaded or cached.
    await runTool(validator, ['--no-cache', '--schemafile', join(FOLDER, name), example]);
  }
}
