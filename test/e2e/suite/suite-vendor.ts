import type { OperationName } from '../../../functions/contracts/operations.ts';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import type { ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { submitLetter } from '../../support/submit-letter.ts';
import type { E2eVendor } from '../deployment.ts';

/** The suite's side of the Aspose service that the stack calls. */
export interface SuiteVendor extends AsyncDisposable {
  /** Submits the sample letter for recognition. @returns the task id */
  submitLetter(): Promise<string>;
  /** Sets the responses to fetches of a task. Only the simulator supports this. */
  script(taskId: string, responses: readonly ScriptedResponse[]): void;
  /** Sets what happens to uploads for an operation. Only the simulator supports this. */
  scriptUploads(operation: OperationName, uploads: readonly ScriptedUpload[]): void;
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
      scriptUploads: (operation, uploads) => simulator.scriptUploads(uploads, operation),
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
    scriptUploads: requireSimulator,
    pollsOf: requireSimulator,
    async [Symbol.asyncDispose]() {},
  };
}
