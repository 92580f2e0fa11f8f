import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newTaskId } from '../../support/courier.ts';
import { createAuthority, createCertificate, type KeyAndCertificate } from '../layers/certificates.ts';
import { completed, document, type FaultyCourier, startFaultyCourier } from '../layers/faulty-courier.ts';
import { TOKEN_ENDPOINT } from '../layers/vendor-front.ts';
import { expectSound } from '../properties/expect-sound.ts';

const authority = inject('authority');

let courier: FaultyCourier;
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    const { hostname, port } = new URL(courier.front.baseUrl);
    const upstream = connect(Number(port), hostname);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  courier = await startFaultyCourier({
    environment: { ASPOSE_BASE_URL: `https://localhost:${address.port}` },
  });
});
afterAll(async () => {
  await courier[Symbol.asyncDispose]();
  server.close();
});

/** A task whose Aspose shows this certificate. */
async function collectWith(shown: KeyAndCertificate, input: object = {}) {
  server.setSecureContext(shown);
  await courier.stack.killFunctions();
  const whole = { taskId: newTaskId(), ...input };
  courier.answer(whole.taskId, [completed('whale')]);
  return { input: whole, collected: await courier.collect(whole) };
}

describe("Aspose's certificate", () => {
  it('H11: of a trusted authority, for its name, in its time, is accepted', async () => {
    const { input, collected } = await collectWith(await createCertificate({ authority }));

    await expectSound(courier, input, collected, { outcome: 'Completed', documents: [document('whale')] });
  });

  it.each([
    ['that has expired', () => createCertificate({ authority, validDays: [-9, -1] }), 'CERT_HAS_EXPIRED'],
    [
      'that is not valid yet',
      () => createCertificate({ authority, validDays: [1, 2] }),
      'CERT_NOT_YET_VALID',
    ],
    [
      'for another host',
      () => createCertificate({ authority, host: 'api.example.org' }),
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['that it signed itself', () => createCertificate(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'of an unknown authority',
      async () => createCertificate({ authority: await createAuthority('Unknown') }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('H11: one %s is refused, with token and without, and nothing is sent', async (_, create, code) => {
    const shown = await create();
    const tokenRequests = courier.front.requestsFor(TOKEN_ENDPOINT).length;

    for (const operation of ['RecognizeImage', 'RecognizeImageTrial']) {
      const { input, collected } = await collectWith(shown, { operation });

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

  it('H11: refused at first and then right, loses nothing', async () => {
    const bad = await createCertificate();
    const good = await createCertificate({ authority });
    const stop = courier.stack.onLog((line) => {
      if (line.includes('DEPTH_ZERO_SELF_SIGNED_CERT')) server.setSecureContext(good);
    });

    const { input, collected } = await collectWith(bad);
    stop();

    await expectSound(courier, input, collected, { outcome: 'Completed', documents: [document('whale')] });
    expect(collected.record?.faults).toBeGreaterThan(0);
  });
});
