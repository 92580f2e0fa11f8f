import { AwsError } from './aws-error.ts';

/** Tags of an object, by key. */
export type ObjectTags = ReadonlyMap<string, string>;

/** Limits of S3 (source: "Categorizing your objects using tags" in the S3 guide). */
const MAX_TAGS = 10;
const MAX_KEY_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 256;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Reads the body of PutObjectTagging.
 *
 * @throws AwsError as S3 does
 */
export function readTagging(xml: string): ObjectTags {
  return checkTags(
    [...xml.matchAll(/<Tag>([\s\S]*?)<\/Tag>/g)].map(([, tag = '']): [string, string] => [
      textOf(tag, 'Key'),
      textOf(tag, 'Value'),
    ]),
  );
}

/**
 * Reads the header `x-amz-tagging`, which is encoded like a query string.
 *
 * @throws AwsError as S3 does
 */
export function readTaggingHeader(header: string): ObjectTags {
  return checkTags([...new URLSearchParams(header)]);
}

/** Returns the response of GetObjectTagging. */
export function writeTagging(tags: ObjectTags): string {
  const set = [...tags].map(
    ([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><Tagging><TagSet>${set.join('')}</TagSet></Tagging>`;
}

function checkTags(tags: readonly [string, string][]): ObjectTags {
  if (tags.length > MAX_TAGS) {
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}`);
  }
  for (const [key, value] of tags) {
    if (key === '' || key.length > MAX_KEY_CHARACTERS || !TAG_TEXT.test(key)) {
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid');
    }
    if (value.length > MAX_VALUE_CHARACTERS || !TAG_TEXT.test(value)) {
      throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid');
    }
  }
  const byKey = new Map(tags);
  if (byKey.size < tags.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return byKey;
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' } as const;

export function escapeXml(text: string): string {
  return Object.entries(ENTITIES).reduce(
    (escaped, [character, entity]) => escaped.replaceAll(character, entity),
    text,
  );
}

/** Returns the text of the first element with a name; an empty text when there is none. */
function textOf(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml) ?? [];
  // Reversed, so that the ampersand comes last.
  return Object.entries(ENTITIES)
    .toReversed()
    .reduce((plain, [character, entity]) => plain.replaceAll(entity, character), text);
}
