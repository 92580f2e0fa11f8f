import { generate } from 'selfsigned';

/** Both in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MILLISECONDS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MILLISECONDS);

/** Creates a certificate authority that is valid for the tests. */
export async function createAuthority(commonName: string): Promise<KeyAndCertificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: inDays(-30),
    notAfterDate: inDays(1),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { key, cert };
}

export interface CertificateOptions {
  /** @default - self-signed */
  readonly authority?: KeyAndCertificate;
  /** @default localhost */
  readonly host?: string;
  /** Days from now. @default [-1, 1] */
  readonly validDays?: readonly [from: number, to: number];
}

/** Creates a server's certificate. */
export async function createCertificate({
  authority,
  host = 'localhost',
  validDays: [from, to] = [-1, 1],
}: CertificateOptions = {}): Promise<KeyAndCertificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: inDays(from),
    notAfterDate: inDays(to),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
    ...(authority !== undefined && { ca: authority }),
  });
  return { key, cert };
}
