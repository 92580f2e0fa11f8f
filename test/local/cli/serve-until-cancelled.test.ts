import { expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../local/aspose-simulator/token-endpoint.ts';
import { startCourier } from '../../../local/cli/collect-task.ts';
import { serveUntilCancelled } from '../../../local/cli/serve-until-cancelled.ts';
import { startPageServer } from '../../../local/serve/page-server.ts';

vi.mock('../../../local/cli/collect-task.ts');

it('ends quietly at a Ctrl-C that also ends the process which synthesises', async () => {
  const server = await startPageServer();
  const choice = { kind: 'service' as const, baseUrl: 'http://127.0.0.1:9', credentials: LOCAL_CREDENTIALS };
  const progress = { doing() {}, polled() {}, end: vi.fn() };
  const abort = new AbortController();
  vi.mocked(startCourier).mockImplementation(async () => {
    abort.abort();
    throw new Error('The CDK app could not be synthesised.');
  });

  await serveUntilCancelled(
    { choice, server, polling: undefined, data: undefined },
    { progress, cancelled: abort.signal },
  );

  expect(progress.end).toHaveBeenCalledOnce();
  await server.close();
});
