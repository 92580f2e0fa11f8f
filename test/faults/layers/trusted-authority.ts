import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createAuthority, type KeyAndCertificate } from './certificates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The certificate authority that every function of the suite trusts. */
    readonly authority: KeyAndCertificate;
  }
}

/**
 * Creates a certificate authority that the test processes trust from their start. A certificate is
 * then refused for its own defect, not for its issuer.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const authority = await createAuthority('Test authority');
  const directory = await mkdtemp(join(tmpdir(), 'authority-'));
  const file = join(directory, 'authority.pem');
  await writeFile(file, authority.cert);
  process.env['NODE_EXTRA_CA_CERTS'] = file;
  project.provide('authority', authority);
  return () => rm(directory, { recursive: true });
}
