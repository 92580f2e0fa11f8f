import type { BatchInput } from '../../contracts/batch-input.ts';
import type { ImageSource } from '../../contracts/image-input.ts';
import { SETTINGS_FILE } from '../inbox-object.ts';
import { InvalidInput } from '../invalid-input.ts';
import { checkPlace } from '../source-places.ts';
import { type BatchItemRules, createItemParser, IMAGE_PREFIXES, type UnnumberedItem } from './item-parser.ts';
import { type ListedValue, parseListFormat, readListedValues, valuesOf } from './list-format.ts';
import { type RetryPorts, retriedItems } from './retried-items.ts';
import { UnusableListError } from './unusable-list.ts';

/** An item of a list. */
export interface ListedItem {
  readonly item: UnnumberedItem;
  /** The place of the item in the list, for messages. */
  readonly place: string;
  /** Size of an image. 0 where only reading the image would tell it. */
  readonly imageBytes: number;
}

/** An image below a prefix, as it was when it was listed. */
export interface ListedImage {
  readonly key: string;
  /** Without quotation marks. */
  readonly etag: string;
  readonly bytes: number;
}

/** What the sources of items need from outside. They throw UnusableListError for lasting faults. */
export interface BatchItemPorts extends RetryPorts {
  /** Reads a list. */
  readList(list: ImageSource): AsyncIterable<Uint8Array>;
  /** Lists all objects whose keys have the prefix, in the order of the keys. */
  listImages(images: { readonly bucket: string; readonly prefix: string }): AsyncIterable<ListedImage>;
}

/**
 * Reads the items that the input of a batch names, with duplicates. Each item is read when it is
 * taken, so that memory does not grow with the list.
 *
 * @throws UnusableListError for a list that cannot be read, or a malformed item
 */
export async function* readBatchItems(
  input: BatchInput,
  rules: BatchItemRules,
  ports: BatchItemPorts,
): AsyncGenerator<ListedItem> {
  const { tasks = [], list, images, retryOf } = input;
  if (images !== undefined) yield* readImages(images, rules, ports);
  else if (retryOf !== undefined) yield* retriedItems(retryOf, rules, ports);
  else {
    const values = list === undefined ? valuesOf(tasks) : readList(list, ports);
    const parse = createItemParser(rules);
    for await (const listed of values) yield { item: parse(listed), place: listed.place, imageBytes: 0 };
  }
}

function readList(list: ImageSource, ports: BatchItemPorts): AsyncIterable<ListedValue> {
  const readFormat = inRequest('ListInvalid', () => parseListFormat(list.key));
  return readListedValues(ports.readList(list), readFormat);
}

async function* readImages(
  images: NonNullable<BatchInput['images']>,
  rules: BatchItemRules,
  ports: BatchItemPorts,
): AsyncGenerator<ListedItem> {
  const { bucket, prefix } = images;
  const place = { field: 'images', bucket, key: prefix, keyField: 'prefix' } as const;
  inRequest('ListUnreadable', () => checkPlace(place, IMAGE_PREFIXES, rules.buckets));
  const parse = createItemParser(rules);
  for await (const { key, etag, bytes } of ports.listImages(images)) {
    // The console creates an empty object for a folder.
    if (key.endsWith('/') || key.endsWith(`/${SETTINGS_FILE}`)) continue;
    const item = parse({ place: 'images', value: { source: { bucket, key, etag } } });
    yield { item, place: 'images', imageBytes: bytes };
  }
}

/** Runs a check of the request, which is a fault of the list. */
function inRequest<Checked>(reason: UnusableListError['reason'], check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    if (error instanceof InvalidInput) throw new UnusableListError(reason, error.message);
    throw error;
  }
}
