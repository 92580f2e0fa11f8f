import type { Socket } from 'node:net';

/**
 * Closes a connection with a TCP reset.
 *
 * A connection that is ending is destroyed instead. libuv cannot reset it (EINVAL), and Node.js
 * would then never close it, so that the process would never exit (observed with Node.js 24.21).
 */
export function resetConnection(socket: Socket | null): void {
  if (socket?.writableEnded) socket.destroy();
  else socket?.resetAndDestroy();
}
