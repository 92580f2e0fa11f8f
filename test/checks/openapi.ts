import { join } from 'node:path';
import { pythonTool } from './python-tools.ts';
import { PROJECT, runTool } from './run-tool.ts';

const DOCUMENT = join(PROJECT, 'docs', 'openapi.json');

/** The OpenAPI document with Redocly's linter (redocly.yaml has its rules), and with a validator that shares nothing with ours. */
export async function checkOpenApi(): Promise<void> {
  const environment = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const config = join(import.meta.dirname, 'redocly.yaml');
  await runTool('redocly', ['lint', DOCUMENT, '--config', config], { environment });
  await runTool(await pythonTool('openapi-spec-validator'), [DOCUMENT]);
}
