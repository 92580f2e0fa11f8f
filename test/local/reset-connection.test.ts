import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { resetConnection } from '../../local/reset-connection.ts';

it.each([
  ['that is open', () => {}, 'ECONNRESET'],
  ['that is ending', (socket: Socket) => socket.end('farewell'), undefined],
])('closes a connection %s, without an error on this side', async (_, before, clientError) => {
  const errors: (string | undefined)[] = [];
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(Object(server.address())).resume();
  const clientClosed = new Promise((resolve) => client.on('close', resolve));
  client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code));
  const [socket]: Socket[] = await once(server, 'connection');
  if (socket === undefined) throw new Error('there is no connection');

  before(socket);
  resetConnection(socket);

  await Promise.all([once(socket, 'close'), clientClosed]);
  expect(errors[0]).toBe(clientError);
});
