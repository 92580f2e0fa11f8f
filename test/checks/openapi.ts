import { join } from 'node:path';
import { PROJECT } from '../support/project-paths.ts';
import { nodeTool, pythonTool, runTool } from './run-tool.ts';

const DOCUMENT = join(PROJECT, 'docs', 'openapi.json');

/** Checks the OpenAPI document with Redocly's linter and with openapi-spec-validator. */
export async function checkOpenApi(): Promise<void> {
  const environment = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const config = join(import.meta.dirname, 'redocly.yaml');
  await runTool(await nodeTool('redocly'), ['lint', DOCUMENT, '--config', config], { environment });
  await runTool(await pythonTool('openapi-spec-validator'), [DOCUMENT]);
}
