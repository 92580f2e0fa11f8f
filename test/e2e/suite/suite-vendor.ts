import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { planSubmission } from '../../../local/cli/plan-submission.ts';
import { submitFile } from '../../../local/cli/submit-file.ts';
import { createLocalTokens } from '../../../local/cli/vendor.ts';
import type { E2eVendor } from '../deployment.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', '..', 'local', 'samples', 'letter.png');

/** The suite's side of the Aspose service that the stack calls. */
export interface SuiteVendor extends AsyncDisposable {
  /** Submits the sample letter for recognition. @returns the task id */
  submitLetter(): Promise<string>;
  /** Sets the responses to fetches of a task. Only the simulator supports this. */
  script(taskId: string, responses: readonly ScriptedResponse[]): void;
  /** Counts the fetches of a task. Only the simulator supports this. */
  pollsOf(taskId: string): number;
}

export async function openSuiteVendor(vendor: E2eVendor): Promise<SuiteVendor> {
  if (vendor.kind === 'simulator') {
    const simulator = await startAsposeSimulator({ port: vendor.port });
    const { baseUrl, credentials } = simulator;
    return {
      submitLetter: () => submitLetter(baseUrl, credentials),
      script: (taskId, responses) => simulator.script(taskId, responses),
      pollsOf: (id) =>
        simulator.requests.filter(({ method, taskId }) => method === 'GET' && taskId === id).length,
      [Symbol.asyncDispose]: () => simulator.close(),
    };
  }
  function requireSimulator(): never {
    throw new Error('Only the simulator can be scripted.');
  }
  return {
    async submitLetter() {
      if (vendor.kind === 'none') throw new Error('The suite cannot reach Aspose.');
      return await submitLetter(vendor.baseUrl, vendor.credentials);
    },
    script: requireSimulator,
    pollsOf: requireSimulator,
    async [Symbol.asyncDispose]() {},
  };
}

async function submitLetter(
  baseUrl: string,
  credentials: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const submission = await planSubmission(await readFile(SAMPLE), SAMPLE, { region: [] }, 'service');
  return await submitFile({ baseUrl, accessTokens: createLocalTokens(baseUrl, credentials) }, submission);
}
