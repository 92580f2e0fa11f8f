import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { SETTINGS_FILE } from '../../functions/core/inbox-object.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';
import { isIgnoredPath } from '../inbox/ignored-path.ts';
import { openInboxFolder } from '../inbox/inbox-folder.ts';
import { findDirectory, isWithin, resolveLinks } from '../inbox/inbox-plan.ts';
import { RESULT_FILES } from './result-files.ts';

/** The images of a folder and its subfolders. */
export interface ImageFolder {
  /** Absolute. */
  readonly path: string;
  /** The path of each image below it, with slashes, in the order of the names. */
  readonly images: readonly string[];
}

/** S3's limit, in bytes of UTF-8, without the prefix of the batch. */
const MAX_PATH_BYTES = 900;

/**
 * Lists the images of a folder as they are now. It leaves out the names that `inbox` ignores, too.
 *
 * @param directory as the user named it
 * @param base of a relative path
 * @throws InvalidInput when the folder cannot be used
 */
export async function listImageFolder(directory: string, base: string): Promise<ImageFolder> {
  const refuse = (problem: string, allowed: string) =>
    new InvalidInput('images', `'${directory}', ${problem}`, allowed);
  const path = await findDirectory('images', directory, base);
  const folder = openInboxFolder(path, (unreadable, code) => {
    throw refuse(`in which '${unreadable || '.'}' cannot be read (${code})`, 'a readable folder');
  });
  const images: string[] = [];
  for await (const found of folder.list()) {
    const image = found.replaceAll(sep, '/');
    if (image === SETTINGS_FILE || image.endsWith(`/${SETTINGS_FILE}`)) continue;
    if (/[\p{Cc}\u2028\u2029\ufffd]/u.test(image) || Buffer.byteLength(image) > MAX_PATH_BYTES)
      throw refuse(
        'in which a file has an unusable name',
        `names of at most ${MAX_PATH_BYTES} bytes of UTF-8 with their folders, without control characters`,
      );
    if (RESULT_FILES.some((name) => name === image))
      throw refuse(`which contains ${image}`, 'a folder whose files have other names than the results');
    images.push(image);
  }
  if (images.length === 0) throw refuse('in which there is no image', 'a folder with images');
  return { path, images: images.sort() };
}

/**
 * Checks that the next batch would not take the documents for images.
 *
 * @throws InvalidInput naming --out
 */
export async function keepOutside(images: ImageFolder, out: string, shownOut: string): Promise<void> {
  const path = await resolveLinks(out);
  const below = relative(images.path, path);
  if (!isWithin(images.path, path) || (below !== '' && isIgnoredPath(below))) return;
  throw new InvalidInput(
    'out',
    `'${shownOut}', which lies in the folder of the images`,
    'a directory outside of --images',
  );
}

/**
 * Checks that the documents of each image can have a directory of their own, because the batch
 * would fail only after everything was recognized.
 *
 * @throws InvalidInput naming --out
 */
export async function refuseTakenPaths(
  { images }: ImageFolder,
  out: string,
  shownOut: string,
): Promise<void> {
  for (const image of images) {
    const stats = await stat(join(out, ...image.split('/'))).catch(() => undefined);
    if (stats === undefined || stats.isDirectory()) continue;
    throw new InvalidInput(
      'out',
      `'${shownOut}', in which ${image} is a file, but the documents of that image need a directory`,
      'a directory without such files',
    );
  }
}

/** The absolute path of an image. */
export function pathOfImage(folder: ImageFolder, image: string): string {
  return join(folder.path, ...image.split('/'));
}
