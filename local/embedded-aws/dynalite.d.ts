declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options?: {
    /** Milliseconds that a table stays in the state CREATING. */
    createTableMs?: number;
    /** A directory for LevelDB; in memory without it. */
    path?: string;
  }): Server;
}
