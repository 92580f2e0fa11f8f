import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand, runShell } from '../../support/run-command.ts';
import { startCommand } from '../../support/serve-process.ts';

const READY = 'Ctrl-C ends the simulator';

it.runIf(existsSync('/usr/bin/curl'))(
  'prints commands that recognize a sample when they are pasted, and exits with status 0 on Ctrl-C',
  async () => {
    await using simulator = await startCommand(['simulator', '--hold-get', '60'], READY);
    const commands = simulator.lines.filter((line) => /^(?:token=|id=|curl )/.test(line));

    const { stdout } = await runShell(commands.join('\n'));
    const status = await simulator.interrupt();

    const { taskStatus, results } = JSON.parse(stdout);
    expect(taskStatus).toBe('Completed');
    expect(Buffer.from(results[0].data, 'base64').toString('utf8')).toMatch(
      /^Harbour Lane 14, 3 March 2026\n/,
    );
    expect({ status, stderr: simulator.stderr() }).toEqual({ status: 0, stderr: '' });
  },
);

it.concurrent('prints its base URL and credentials that get a token', async () => {
  await using simulator = await startCommand(['simulator'], READY);
  const printed = async (label: string) => (await simulator.line(label)).slice(label.length).trim();

  const response = await fetch(`${await printed('Base URL')}/connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: await printed('Client id'),
      client_secret: await printed('Client secret'),
    }),
  });

  expect(response.status).toBe(200);
});

it.concurrent('exits with one line and status 2 when the port is in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = Object(server.address());

  const { status, stderr } = await runCommand(['simulator', '--port', String(port)]);

  expect(stderr).toBe(
    `ocr-courier: --port: got ${port}, which is in use; allowed: a free port from 1 to 65535 (see --help)\n`,
  );
  expect(status).toBe(2);
});
