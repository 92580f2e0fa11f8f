declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options?: {
    /** Milliseconds for which a table stays in the state CREATING. */
    createTableMs?: number;
    /** A directory for LevelDB. @default - in memory */
    path?: string;
  }): Server;
}
