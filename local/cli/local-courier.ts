import { tmpdir } from 'node:os';
import { CommandError } from '../../cli/command-errors.ts';
import type { DataDirectory } from '../../cli/data-directory.ts';
import { errorCode } from '../../cli/error-code.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { withoutUndefined } from '../../functions/core/without-undefined.ts';
import { startAsposeSimulator } from '../aspose-simulator/server.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import { MAX_ENVIRONMENTS } from '../embedded-aws/lambda-function.ts';
import { ensureAssembly } from '../embedded-aws/synthesis.ts';
import type { Vendor, VendorChoice, VendorOptions } from './vendor.ts';

/** Starts the simulator, or describes the chosen service. */
export async function openVendor(choice: VendorChoice, options: VendorOptions = {}): Promise<Vendor> {
  if (choice.kind === 'simulator') {
    const simulator = await startAsposeSimulator(withoutUndefined(options));
    const { baseUrl, credentials, close } = simulator;
    return { name: 'the simulator', baseUrl, credentials, [Symbol.asyncDispose]: close };
  }
  const { baseUrl, credentials } = choice;
  return { name: new URL(baseUrl).host, baseUrl, credentials, async [Symbol.asyncDispose]() {} };
}

/** The base URL of the stack's HTTP API. */
export function apiUrlOf({ outputs: { ApiUrl } }: Pick<EmbeddedStack, 'outputs'>): string {
  if (ApiUrl === undefined) throw new Error('The stack has no output ApiUrl.');
  return ApiUrl;
}

/** The name of the bucket with the inbox and the documents. */
export function bucketOf({ outputs: { ResultsBucketName } }: Pick<EmbeddedStack, 'outputs'>): string {
  if (ResultsBucketName === undefined) throw new Error('The stack has no output ResultsBucketName.');
  return ResultsBucketName;
}

/** The state machine that collects tasks. */
export function collectStateMachineArn({
  outputs: { StateMachineArn },
}: Pick<EmbeddedStack, 'outputs'>): string {
  if (StateMachineArn === undefined) throw new Error('The stack has no output StateMachineArn.');
  return StateMachineArn;
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
      // Half of the environments, so that other requests do not wait for waiting ones.
      MAX_WAITING_REQUESTS: String(MAX_ENVIRONMENTS / 2),
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
