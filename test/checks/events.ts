import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonTool } from './python-tools.ts';
import { CheckFailed, PROJECT, runTool } from './run-tool.ts';

const FOLDER = join(PROJECT, 'docs', 'events');
const SCHEMA = '.schema.json';

/** The events' JSON Schemas and examples with Python's jsonschema: each is a schema of its draft, and takes its own example. */
export async function checkEvents(): Promise<void> {
  const validator = await pythonTool('check-jsonschema');
  const schemas = (await readdir(FOLDER)).filter((name) => name.endsWith(SCHEMA));
  if (schemas.length === 0) throw new CheckFailed(`${FOLDER} has no schemas.`);
  await runTool(validator, ['--check-metaschema', ...schemas.map((name) => join(FOLDER, name))]);
  for (const name of schemas) {
    const example = join(FOLDER, name.replace(SCHEMA, '.example.json'));
    // Without a download: the schemas refer to no others.
    await runTool(validator, ['--no-cache', '--schemafile', join(FOLDER, name), example]);
  }
}
