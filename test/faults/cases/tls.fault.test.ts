import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { listenOnFreePort } from '../../support/loopback-server.ts';
import { completed } from '../../support/responses.ts';
import { createAuthority, createCertificate, type KeyAndCertificate } from '../layers/certificates.ts';
import { type FaultyCourier, faultyCourierForAll, WHALE } from '../layers/faulty-courier.ts';
import { TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { expectSound } from './expect-sound.ts';

const authority = inject('authority');

const server = createServer((socket) => {
  const { hostname, port } = new URL(courier.front.baseUrl);
  const upstream = connect(Number(port), hostname);
  socket.on('error', () => upstream.destroy());
  upstream.on('error', () => socket.destroy());
  socket.pipe(upstream).pipe(socket);
});
const port = await listenOnFreePort(server, 'localhost');
const courier: FaultyCourier = await faultyCourierForAll({
  environment: { ASPOSE_BASE_URL: `https://localhost:${port}` },
});
afterAll(() => void server.close());

/** Collects a task from a server with this certificate. */
async function collectWith(certificate: KeyAndCertificate, details: object = {}) {
  server.setSecureContext(certificate);
  await courier.stack.killFunctions();
  const input = { taskId: courier.createTask(completed(WHALE)), ...details };
  return { input, collected: await courier.collect(input) };
}

describe("Aspose's certificate", () => {
  it('H11: is accepted when it is valid and its authority is trusted', async () => {
    const { input, collected } = await collectWith(await createCertificate({ authority }));

    await expectSound(courier, input, collected, { outcome: 'Completed', documents: [WHALE] });
  });

  it.each([
    ['it has expired', () => createCertificate({ authority, validDays: [-9, -1] }), 'CERT_HAS_EXPIRED'],
    ['it is not valid yet', () => createCertificate({ authority, validDays: [1, 2] }), 'CERT_NOT_YET_VALID'],
    [
      'it is for another host',
      () => createCertificate({ authority, host: 'api.example.org' }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['it is self-signed', () => createCertificate(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'its authority is unknown',
      async () => createCertificate({ authority: await createAuthority('Unknown') }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('H11 S4: is refused before anything is sent when %s', async (_, create, code) => {
    const certificate = await create();
    const tokenRequests = courier.front.requestsFor(TOKEN_ENDPOINT).length;

    for (const operation of ['RecognizeImage', 'RecognizeImageTrial']) {
      const { input, collected } = await collectWith(certificate, { operation });

      await expectSound(courier, input, collected, {
        outcome: 'Failed',
        reason: 'UpstreamUnavailable',
        attempts: 12,
        fetches: 0,
      });
      expect(collected.record?.messages.join()).toContain(`the connection failed (${code})`);
    }
    expect(courier.front.requestsFor(TOKEN_ENDPOINT)).toHaveLength(tokenRequests);
  });

  it('H11: may become valid during a task, which then completes', async () => {
    const invalid = await createCertificate();
    const valid = await createCertificate({ authority });
    const refused = courier
      .logged(['DEPTH_ZERO_SELF_SIGNED_CERT'])
      .then(() => server.setSecureContext(valid));

    const { input, collected } = await collectWith(invalid);
    await refused;

    await expectSound(courier, input, collected, { outcome: 'Completed', documents: [WHALE] });
    expect(collected.record?.faults).toBeGreaterThan(0);
  });
});
