import { randomInt } from 'node:crypto';
import { join } from 'node:path';

const CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const RANDOM_CHARACTERS = 6;

/** Returns an id such as `batch-20260131-k3x9pq`. */
export function newBatchId(now = new Date()): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const random = Array.from({ length: RANDOM_CHARACTERS }, () =>
    CHARACTERS.charAt(randomInt(CHARACTERS.length)),
  );
  return `batch-${day}-${random.join('')}`;
}

/** The default directory of a batch, and of its retries. */
export function defaultOut(batchId: string): string {
  return join('out', batchId.replace(/-r\d+$/, ''));
}
