import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScriptedAnswer } from '../../../local/aspose-simulator/scripted-responses.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { planSubmission } from '../../../local/cli/plan-submission.ts';
import { submitFile } from '../../../local/cli/submit-file.ts';
import type { E2eVendor } from '../deployment.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', '..', 'local', 'samples', 'letter.png');

/** The Aspose that the stack asks, from the suite's side. */
export interface SuiteVendor extends AsyncDisposable {
  /** Submits the sample letter, to be recognised. @returns the task id */
  submitLetter(): Promise<string>;
  /** Has a task answered as told. Only the simulator can. */
  script(taskId: string, answers: readonly ScriptedAnswer[]): void;
  /** How often a task was asked for. Only the simulator knows. */
  pollsOf(taskId: string): number;
}

export async function openSuiteVendor(vendor: E2eVendor): Promise<SuiteVendor> {
  if (vendor.kind === 'simulator') {
    const simulator = await startAsposeSimulator({ port: vendor.port });
    const { baseUrl, credentials } = simulator;
    return {
      submitLetter: () => submitLetter(baseUrl, credentials),
      script: (taskId, answers) => simulator.script(taskId, answers),
      pollsOf: (id) =>
        simulator.requests.filter(({ method, taskId }) => method === 'GET' && taskId === id).length,
      [Symbol.asyncDispose]: () => simulator.close(),
    };
  }
  function onlySimulator(): never {
    throw new Error('Only the simulator can be scripted.');
  }
  return {
    async submitLetter() {
      if (vendor.kind === 'none') throw new Error('There is no vendor to submit to.');
      return await submitLetter(vendor.baseUrl, vendor.credentials);
    },
    script: onlySimulator,
    pollsOf: onlySimulator,
    async [Symbol.asyncDispose]() {},
  };
}

async function submitLetter(
  baseUrl: string,
  credentials: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const submission = planSubmission(await readFile(SAMPLE), SAMPLE, { region: [] }, 'service');
  return await submitFile({ baseUrl, credentials }, submission);
}
