import { InvalidOption } from './invalid-option.ts';

/**
 * Checks an id before it becomes a part of a path, where `..` would lead to another route.
 *
 * @throws InvalidOption
 */
export function pathId(field: 'taskId' | 'imageId' | 'batchId', id: string): string {
  if (typeof id === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(id)) return id;
  throw new InvalidOption(
    field,
    typeof id === 'string' ? JSON.stringify(id) : typeof id,
    '1 to 64 characters of A-Z, a-z, 0-9 and -',
  );
}
