import { expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../local/aspose-simulator/token-endpoint.ts';
import { startCourier } from '../../../local/cli/local-courier.ts';
import { serveUntilCancelled } from '../../../local/cli/serve-until-cancelled.ts';
import { startPageServer } from '../../../local/serve/page-server.ts';

vi.mock('../../../local/cli/local-courier.ts');

it('ends quietly on a Ctrl-C that also ends the synthesis', async () => {
  const server = await startPageServer();
  const choice = { kind: 'service' as const, baseUrl: 'http://127.0.0.1:9', credentials: LOCAL_CREDENTIALS };
  const progress = { doing() {}, polled() {}, counted() {}, end: vi.fn() };
  const abort = new AbortController();
  vi.mocked(startCourier).mockImplementation(async () => {
    abort.abort();
    throw new Error('The CDK app could not be synthesized.');
  });

  await serveUntilCancelled(
    { choice, server, polling: undefined, data: undefined },
    { progress, cancelled: abort.signal },
  );

  expect(progress.end).toHaveBeenCalledOnce();
  await server.close();
});
