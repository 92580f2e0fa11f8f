import { OPERATIONS, type OperationName } from '../contracts/operations.ts';
import { parseJson } from './parse-json.ts';
import type { Content } from './vendor-response.ts';

/** How a document of one Aspose result type is stored. */
export interface DocumentFormat {
  /** Without the dot. */
  readonly extension: string;
  readonly contentType: string;
  /** `text`: the bytes should be UTF-8. A list: the bytes should begin with these. */
  readonly expects?: 'text' | readonly number[];
}

const bytesOf = (text: string) => [...text].map((character) => character.charCodeAt(0));

const json: DocumentFormat = { extension: 'json', contentType: 'application/json', expects: 'text' };
const png: DocumentFormat = {
  extension: 'png',
  contentType: 'image/png',
  expects: [0x89, ...bytesOf('PNG')],
};
const wav: DocumentFormat = { extension: 'wav', contentType: 'audio/wav', expects: bytesOf('RIFF') };
const xlsx: DocumentFormat = {
  extension: 'xlsx',
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  expects: bytesOf('PK'),
};

// Keys are in lower case. Aspose's real output has Text, Pdf, Csv, Hocr, ImagePNG, Other and
// WavFile. Excel and JSON follow its names of result types; XML comes from its tutorials, and Png,
// Wav, Xlsx and Html from a sister API.
const formats: Readonly<Record<string, DocumentFormat>> = {
  text: { extension: 'txt', contentType: 'text/plain; charset=utf-8', expects: 'text' },
  pdf: { extension: 'pdf', contentType: 'application/pdf', expects: bytesOf('%PDF-') },
  csv: { extension: 'csv', contentType: 'text/csv; charset=utf-8', expects: 'text' },
  hocr: { extension: 'hocr', contentType: 'text/html; charset=utf-8', expects: 'text' },
  html: { extension: 'html', contentType: 'text/html; charset=utf-8', expects: 'text' },
  xml: { extension: 'xml', contentType: 'application/xml', expects: 'text' },
  json,
  imagepng: png,
  png,
  wavfile: wav,
  wav,
  excel: xlsx,
  xlsx,
};

/** Documents of an unknown type are stored as bytes, never refused. */
const UNKNOWN_FORMAT: DocumentFormat = { extension: 'bin', contentType: 'application/octet-stream' };

/** The format of a document. What `Other` and `Text` are depends on the operation. */
export function documentFormat(
  operation: OperationName,
  type: string | null,
  content: Content,
): DocumentFormat {
  const name = (type ?? '').trim().toLowerCase();
  const { otherType, textIsJson = false } = OPERATIONS[operation];
  if (name === 'other' && otherType === 'JSON') return json;
  if (name === 'text' && textIsJson && isJson(content)) return json;
  return Object.hasOwn(formats, name) ? (formats[name] ?? UNKNOWN_FORMAT) : UNKNOWN_FORMAT;
}

const BEGINS_AS_JSON = /^\s*[[{]/;

/** Whether the content is a JSON object or list. One in a file is judged by its beginning. */
function isJson(content: Content): boolean {
  const bytes = content.open();
  if (!(bytes instanceof Uint8Array)) return BEGINS_AS_JSON.test(new TextDecoder().decode(content.head));
  const text = new TextDecoder().decode(bytes);
  return BEGINS_AS_JSON.test(text) && parseJson(text) !== undefined;
}

/**
 * Returns a warning if a document's content does not fit its format. The document is stored as
 * received anyway.
 */
export function contentWarning(index: number, format: DocumentFormat, content: Content): string | undefined {
  const { expects } = format;
  if (expects === undefined || content.bytes === 0) return undefined;
  const document = `results[${index}]`;
  if (expects === 'text') {
    if (!content.utf8) return `${document}: the text is not valid UTF-8; stored as received`;
    const [first, second, third] = content.head;
    return first === 0xef && second === 0xbb && third === 0xbf
      ? `${document}: the text begins with a byte order mark; stored as received`
      : undefined;
  }
  return expects.every((byte, place) => content.head[place] === byte)
    ? undefined
    : `${document}: the content does not begin as ${format.contentType} does; stored as received`;
}

/**
 * Makes untrusted text safe for manifests, records and object metadata: at most 64 printable ASCII
 * characters.
 */
export function printableType(type: string | null): string | null {
  return type === null ? null : type.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
