import { tmpdir } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { startAsposeSimulator } from '../aspose-simulator/server.ts';
import type { DataDirectory } from '../data-directory.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { ensureAssembly } from '../embedded-aws/synthesis.ts';
import { errorCode } from '../error-code.ts';
import { CommandError } from './command-errors.ts';
import { createLocalTokens, type Vendor, type VendorChoice } from './vendor.ts';

/**
 * Starts the simulator, or describes the chosen service.
 *
 * @param database stores the simulator's tasks. In memory without it.
 */
export async function openVendor(choice: VendorChoice, database?: DatabaseSync): Promise<Vendor> {
  if (choice.kind === 'simulator') {
    const simulator = await startAsposeSimulator(database && { database });
    const { baseUrl, credentials, close } = simulator;
    const accessTokens = createLocalTokens(baseUrl, credentials);
    return { name: 'the simulator', baseUrl, credentials, accessTokens, [Symbol.asyncDispose]: close };
  }
  const { baseUrl, credentials } = choice;
  const accessTokens = createLocalTokens(baseUrl, credentials);
  const name = new URL(baseUrl).host;
  return { name, baseUrl, credentials, accessTokens, async [Symbol.asyncDispose]() {} };
}

/**
 * Starts the embedded AWS with the stack deployed, ready to collect tasks of a vendor.
 *
 * @param polling replaces the stack's polling policy
 * @param data stores everything that is collected. In memory without it.
 * @throws CommandError when there is no directory for the synthesized stack
 */
export async function startCourier(
  vendor: Vendor,
  polling?: PollingOverrides,
  data?: DataDirectory,
): Promise<EmbeddedStack> {
  return await startEmbeddedStack({
    assemblyDirectory: await ensureAssembly().catch(failToSynthesize),
    environment: {
      ASPOSE_BASE_URL: vendor.baseUrl,
      ...(polling !== undefined && { POLLING: JSON.stringify(polling) }),
    },
    secretValue: () => JSON.stringify(vendor.credentials),
    ...(data && { data }),
  });
}

function failToSynthesize(error: unknown): never {
  const code = errorCode(error);
  if (code === undefined) throw error;
  throw new CommandError(
    `The stack could not be synthesized, because neither node_modules/.cache nor ${tmpdir()} is writable (${code}); set TMPDIR to another directory`,
  );
}
