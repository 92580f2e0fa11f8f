declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Milliseconds that a table stays in the state CREATING. */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}
