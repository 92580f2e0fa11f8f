import type { Socket } from 'node:net';

/**
 * Breaks a connection off with a TCP reset.
 *
 * One that is just being ended is only destroyed: libuv refuses to reset it (EINVAL), whereupon Node.js never closes it, and
 * the process never exits (seen with Node.js 24.21).
 */
export function resetConnection(socket: Socket | null): void {
  if (socket?.writableEnded) socket.destroy();
  else socket?.resetAndDestroy();
}
