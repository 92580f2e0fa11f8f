import { parseJson } from '../../functions/core/parse-json.ts';
import { parseMarkup } from './parse-markup.ts';

type ExtractText = (content: string) => string | Promise<string>;

/** The formats with text, by their extension, the best to read first. */
const FORMATS: Readonly<Record<string, ExtractText>> = {
  txt: (content) => content,
  csv: (content) => content,
  json: textOfJson,
  html: textOfMarkup,
  xml: textOfMarkup,
};

export const TEXT_EXTENSIONS = Object.keys(FORMATS);

/** Extracts the text of a document with one of `TEXT_EXTENSIONS`. */
export async function documentText(extension: string, content: string): Promise<string> {
  return (await FORMATS[extension]?.(content)) ?? '';
}

/** Returns all strings. Names of fields are Aspose's, not the document's. */
function textOfJson(content: string): string {
  const texts: string[] = [];
  const waiting = [parseJson(content)];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') texts.push(value);
    if (typeof value !== 'object' || value === null) continue;
    // The last one is taken first.
    for (const inner of Object.values(value).toReversed()) waiting.push(inner);
  }
  return texts.join('\n');
}

async function textOfMarkup(content: string): Promise<string> {
  const texts: string[] = [];
  const handler = { ontext: (text: string) => void texts.push(text), onclosetag: () => void texts.push(' ') };
  await parseMarkup(content, handler, () => false);
  return texts.join('');
}
