import { ensureAssembly } from '../local/embedded-aws/synthesis.ts';

/** Once, before the test files that run the stack ask for it all at the same time. */
export default async function setup(): Promise<void> {
  await ensureAssembly();
}
