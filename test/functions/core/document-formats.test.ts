import { describe, expect, it } from 'vitest';
import { contentWarning, documentFormat, printableType } from '../../../functions/core/document-formats.ts';
import { contentOf } from '../../support/builders.ts';

const NOTHING = contentOf('');

describe('documentFormat', () => {
  it.each([
    ['Text', 'txt', 'text/plain; charset=utf-8'],
    ['Pdf', 'pdf', 'application/pdf'],
    ['Csv', 'csv', 'text/csv; charset=utf-8'],
    ['Hocr', 'hocr', 'text/html; charset=utf-8'],
    ['XML', 'xml', 'application/xml'],
    ['JSON', 'json', 'application/json'],
    ['ImagePNG', 'png', 'image/png'],
    ['Png', 'png', 'image/png'],
    ['WavFile', 'wav', 'audio/wav'],
    ['Wav', 'wav', 'audio/wav'],
    ['Excel', 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['Xlsx', 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['Html', 'html', 'text/html; charset=utf-8'],
  ])("maps Aspose's type %s in any letter case to .%s", (type, extension, contentType) => {
    const formats = [type, type.toUpperCase(), ` ${type.toLowerCase()} `].map((name) =>
      documentFormat('RecognizeImage', name, NOTHING),
    );

    for (const format of formats) expect(format).toMatchObject({ extension, contentType });
  });

  it.each(['Docx', 'Other', '', '../../etc', '__proto__', 'constructor', 'a\r\nb', null])(
    'maps the unknown type %j to .bin',
    (type) => {
      expect(documentFormat('RecognizeImage', type, NOTHING)).toEqual({
        extension: 'bin',
        contentType: 'application/octet-stream',
      });
    },
  );

  it('maps Other to JSON for an operation that declares it', () => {
    expect(documentFormat('DetectRegions', 'Other', NOTHING)).toMatchObject({ extension: 'json' });
  });
});

describe('documentFormat of a Text result of RecognizeAndParseInvoice', () => {
  const invoiceFormat = (text: string) => documentFormat('RecognizeAndParseInvoice', 'Text', contentOf(text));

  it.each(['{"total": 12.5}', ' \r\n[1, 2]', '\ufeff{}'])('is JSON for %j', (text) => {
    expect(invoiceFormat(text)).toMatchObject({ extension: 'json', contentType: 'application/json' });
  });

  it.each(['Invoice 7', '[Invoice] 7', '{"total": 12.5', '{}{}', '12.5', '"text"', 'null', ''])(
    'is text for %j',
    (text) => {
      expect(invoiceFormat(text)).toMatchObject({ extension: 'txt' });
    },
  );

  it.each([
    ['{"total"', 'json'],
    ['Invoice ', 'txt'],
  ])('is judged by its beginning when it is in a file: %s', (head, extension) => {
    const content = { ...contentOf(head), open: async function* () {} };

    expect(documentFormat('RecognizeAndParseInvoice', 'Text', content)).toMatchObject({ extension });
  });

  it('leaves JSON in the text of other operations as text', () => {
    expect(documentFormat('RecognizeImage', 'Text', contentOf('{}'))).toMatchObject({ extension: 'txt' });
  });
});

describe('contentWarning', () => {
  const warn = (type: string, bytes: string | readonly number[]) => {
    const content = contentOf(typeof bytes === 'string' ? bytes : Uint8Array.from(bytes));
    return contentWarning(3, documentFormat('RecognizeImage', type, content), content);
  };

  it.each([
    ['Text', 'plain – and not'],
    ['Text', ''],
    ['Pdf', '%PDF-1.7'],
    ['Pdf', ''],
    ['ImagePNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['WavFile', 'RIFF....WAVE'],
    ['Excel', 'PK\u0003\u0004'],
    ['Docx', [0xff, 0xfe, 0x00]],
  ])('is undefined for valid %s content: %j', (type, bytes) => {
    expect(warn(type, bytes)).toBeUndefined();
  });

  it.each([
    ['Text', [0xc3, 0x28], 'results[3]: the text is not valid UTF-8; stored as received'],
    ['Text', '\ufefftext', 'results[3]: the text begins with a byte order mark; stored as received'],
    ['JSON', [0xff], 'results[3]: the text is not valid UTF-8; stored as received'],
    ['Pdf', '%PD', 'results[3]: the content does not begin as application/pdf does; stored as received'],
    ['Pdf', '<html>', 'results[3]: the content does not begin as application/pdf does; stored as received'],
    ['ImagePNG', 'PNG', 'results[3]: the content does not begin as image/png does; stored as received'],
    ['WavFile', 'RIF', 'results[3]: the content does not begin as audio/wav does; stored as received'],
  ])('warns about %s content that does not match the type: %j', (type, bytes, warning) => {
    expect(warn(type, bytes)).toBe(warning);
  });
});

describe('printableType', () => {
  it.each([
    ['Text', 'Text'],
    [null, null],
    ['a\r\nb\u0000', 'a??b?'],
    ['Käse', 'K?se'],
    ['x'.repeat(65), 'x'.repeat(64)],
  ])('turns %j into at most 64 printable ASCII characters: %j', (type, printable) => {
    expect(printableType(type)).toBe(printable);
  });
});
