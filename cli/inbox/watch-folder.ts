import { relative } from 'node:path';
import { watch } from 'chokidar';
import { isIgnoredPath } from './ignored-path.ts';

/**
 * Watches a folder and its subfolders for events. Network shares send none, and the operating
 * system limits how many folders can be watched, so the caller also scans.
 *
 * @param directory absolute
 * @param onEvent receives a path relative to the directory
 * @param onError receives errors after which some events are missing
 */
export function watchFolder(
  directory: string,
  onEvent: (relativePath: string) => void,
  onError: (error: unknown) => void,
): AsyncDisposable {
  const watcher = watch(directory, {
    followSymlinks: false,
    ignored: (path) => isIgnoredPath(relative(directory, path)),
  });
  watcher.on('all', (_, path) => onEvent(relative(directory, path)));
  watcher.on('error', onError);
  return { [Symbol.asyncDispose]: () => watcher.close() };
}
