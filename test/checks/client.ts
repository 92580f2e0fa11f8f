import { join } from 'node:path';
import { startAsposeSimulator } from '../../local/aspose-simulator/server.ts';
import { PROJECT } from '../support/project-paths.ts';
import { pythonTool, runTool } from './run-tool.ts';

/**
 * Checks the simulator with Aspose's official client for Python, version 24.8: later ones do not
 * request a token themselves.
 */
export async function checkClient(): Promise<void> {
  const python = await pythonTool('python');
  await using simulator = await startAsposeSimulator();
  const { baseUrl, credentials } = simulator;
  const script = join(import.meta.dirname, 'aspose_client.py');
  const image = join(PROJECT, 'local', 'samples', 'letter.png');
  const login = [baseUrl, credentials.clientId, credentials.clientSecret];
  await runTool(python, [script, ...login, image, 'Harbour Lane 14, 3 March 2026']);
}
