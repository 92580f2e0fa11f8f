import { type ImageInput, type ImageSource, INBOX_PREFIX } from '../contracts/image-input.ts';
import type { ImageRecord } from '../contracts/image-record.ts';
import { isOperationName, OPERATION_NAMES, type OperationName } from '../contracts/operations.ts';
import type { ImageRecords } from './image-record.ts';
import { settingsFromText } from './image-settings.ts';
import { InvalidInput } from './invalid-input.ts';
import { withoutUndefined } from './without-undefined.ts';

/** An object in S3, as it is now. */
export type DescribedObject =
  | {
      readonly kind: 'Found';
      /** With its version id or ETag. */
      readonly source: ImageSource;
      /** User-defined metadata, with names in lower case. */
      readonly metadata: Readonly<Record<string, string>>;
    }
  /** It has been replaced by other content. */
  | { readonly kind: 'Changed' }
  | { readonly kind: 'Unreadable'; readonly detail: string };

export interface InboxPorts {
  readonly images: Pick<ImageRecords, 'read'>;
  describeObject(source: ImageSource): Promise<DescribedObject>;
  /** Reads a small JSON object; undefined when there is none. Returns other content as text. */
  readSettings(bucket: string, key: string): Promise<unknown>;
}

/** Name of the object with the settings of a folder `inbox/<operation>/`. */
export const SETTINGS_FILE = '_settings.json';

/** Prefix of the metadata that are settings. Other metadata is the user's own. */
export const METADATA_PREFIX = 'ocr-';

/** Metadata with the caller's own reference. */
const CORRELATION_METADATA = 'ocr-correlation';

/**
 * Folder of the objects that callers of POST /images upload: `inbox/<operation>/api/<imageId>/`.
 */
const API_FOLDER = 'api/';
const API_UPLOAD = /^inbox\/[^/]+\/api\/([0-9a-f]{40})\//;

/** Returns the id of an image whose object was uploaded through a link of POST /images. */
export function announcedId(key: string): string | undefined {
  return API_UPLOAD.exec(key)?.[1];
}

/** Returns the key of an object that a caller of POST /images uploads. */
export function apiUploadKey(operation: OperationName, imageId: string, fileName: string): string {
  return `${INBOX_PREFIX}${operation}/${API_FOLDER}${imageId}/${fileName}`;
}

/**
 * Makes the input of an execution from an object that was created in the inbox.
 *
 * @returns undefined for objects that are not images of their own: folder markers, the settings of
 * a folder, and content that was replaced, for which another event comes
 * @throws InvalidInput when the key names no operation
 */
export async function imageInInbox(source: ImageSource, ports: InboxPorts): Promise<ImageInput | undefined> {
  const [folder = '', ...names] = source.key.slice(INBOX_PREFIX.length).split('/');
  const path = names.join('/');
  // The console creates an empty object for a folder.
  if (source.key.endsWith('/') || path === SETTINGS_FILE) return undefined;
  if (!isOperationName(folder) || path === '') {
    const allowed = `${INBOX_PREFIX}<operation>/<name>, where <operation> is one of ${OPERATION_NAMES.join(', ')}`;
    throw new InvalidInput('key', 'an object outside the folder of an operation', allowed);
  }
  const imageId = announcedId(source.key);
  const requested = imageId === undefined ? undefined : await ports.images.read(imageId);
  if (requested !== undefined && requested.operation === folder) return requestedImage(source, requested);

  const described = await ports.describeObject(source);
  if (described.kind === 'Changed') return undefined;
  const image = { source, operation: folder, generation: 1 };
  // The execution refuses it, so that the refusal has an event. Its settings are unknown.
  if (described.kind === 'Unreadable') return { ...image, unreadable: described.detail };
  const { [CORRELATION_METADATA]: correlation, ...metadata } = described.metadata;
  const ownSettings = Object.entries(metadata)
    .filter(([name]) => name.startsWith(METADATA_PREFIX))
    .map(([name, value]) => [name.slice(METADATA_PREFIX.length), value] as const);
  const folderSettings = await ports.readSettings(source.bucket, `${INBOX_PREFIX}${folder}/${SETTINGS_FILE}`);
  const settings = mergeSettings(folderSettings, settingsFromText(Object.fromEntries(ownSettings)));
  return { ...image, source: described.source, ...withoutUndefined({ settings, correlation }) };
}

/** The image that POST /images announced, with the settings of that request. */
function requestedImage(
  source: ImageSource,
  { imageId, operation, settings, correlation, polling }: ImageRecord,
): ImageInput {
  return {
    source,
    operation,
    imageId,
    generation: 1,
    ...(settings !== undefined && { settings: JSON.parse(settings) }),
    ...withoutUndefined({ correlation, polling }),
  };
}

/** The object's own settings override those of its folder. Names compare without case. */
function mergeSettings(folder: unknown, own: Readonly<Record<string, unknown>>): unknown {
  if (folder === undefined) return Object.keys(own).length === 0 ? undefined : own;
  // The execution refuses it.
  if (typeof folder !== 'object' || folder === null || Array.isArray(folder)) return folder;
  const overridden = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(folder).filter(([name]) => !overridden.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}
