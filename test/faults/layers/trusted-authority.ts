import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createAuthority, type KeyAndCertificate } from './certificates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Every function of the suite trusts it. */
    readonly authority: KeyAndCertificate;
  }
}

/**
 * An authority for the run, which the processes of the tests trust from their start: so a certificate is refused for
 * what is wrong with it, and not for its issuer alone.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const authority = await createAuthority('Authority of the tests');
  const directory = await mkdtemp(join(tmpdir(), 'authority-'));
  const file = join(directory, 'authority.pem');
  await writeFile(file, authority.cert);
  process.env['NODE_EXTRA_CA_CERTS'] = file;
  project.provide('authority', authority);
  return () => rm(directory, { recursive: true });
}
