import type { DatabaseSync } from 'node:sqlite';
import { startAsposeSimulator } from '../aspose-simulator/server.ts';
import type { Vendor, VendorChoice } from './vendor.ts';

/**
 * Starts the simulator, or stands ready to call the service.
 *
 * @param database keeps the simulator's tasks
 */
export async function openVendor(choice: VendorChoice, database?: DatabaseSync): Promise<Vendor> {
  if (choice.kind === 'simulator') {
    const simulator = await startAsposeSimulator(database && { database });
    const { baseUrl, credentials, close } = simulator;
    return { name: 'the simulator', baseUrl, credentials, [Symbol.asyncDispose]: close };
  }
  const { baseUrl, credentials } = choice;
  return { name: new URL(baseUrl).host, baseUrl, credentials, async [Symbol.asyncDispose]() {} };
}
