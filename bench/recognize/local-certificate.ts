import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Files in PEM. */
export interface CertificateFiles {
  readonly key: string;
  readonly certificate: string;
}

/** Creates a certificate for 127.0.0.1 that is its own authority. */
export async function createLocalCertificate(directory: string): Promise<CertificateFiles> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'benchmark' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const files = { key: join(directory, 'key.pem'), certificate: join(directory, 'certificate.pem') };
  await writeFile(files.key, key);
  await writeFile(files.certificate, cert);
  return files;
}
