import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

/**
 * Where test tools are installed and write their files: outside Git, and rebuilt after deletion.
 */
export const CACHE = join(PROJECT, 'node_modules', '.cache', 'ocr-courier');
