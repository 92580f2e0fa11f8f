import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedResponseError } from '../../../../functions/adapters/aspose/malformed-response.ts';
import {
  createResponseScanner,
  TooManyResultsError,
} from '../../../../functions/adapters/aspose/response-scanner.ts';
import { cuts, pieces } from './decoding.ts';

/**
 * Scans a text cut at these places. `data` contains the strings that the sinks received, in order.
 */
function scan(text: string | Uint8Array, cuts: readonly number[] = []) {
  const data: string[] = [];
  const scanner = createResponseScanner(() => {
    const pieces: Uint8Array[] = [];
    return {
      write: (characters) => pieces.push(Uint8Array.from(characters)),
      end: () => data.push(Buffer.concat(pieces).toString()),
    };
  });
  for (const piece of pieces(Buffer.from(text), cuts)) scanner.write(piece);
  return { response: scanner.end(), data };
}

/**
 * Does the same with JSON.parse: replaces each data string by its index and collects the strings.
 */
function reference(text: string) {
  const data: string[] = [];
  const response: unknown = JSON.parse(text);
  const results = isObject(response) ? response['results'] : undefined;
  if (Array.isArray(results)) {
    for (const entry of results) {
      if (!isObject(entry) || typeof entry['data'] !== 'string') continue;
      data.push(entry['data']);
      entry['data'] = String(data.length - 1);
    }
  }
  return { response, data };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const malformed = (text: string | Uint8Array, cuts: readonly number[] = []) => {
  try {
    scan(text, cuts);
  } catch (error) {
    if (error instanceof MalformedResponseError) return error.message;
    throw error;
  }
  return 'not malformed';
};

// No key has a character that JSON escapes: JSON.parse of Node.js 24.21 may confuse two such keys
// of equal length. Escaped keys have their own tests below.
const keys = fc.constantFrom('id', 'data', 'results', 'type', 'error', '', 'a', '\ud83d\ude00');
const texts = fc.oneof(
  fc.constantFrom('', '"', '\\', '\\"', '{"data":"', 'data', '/+==', '\u0000', '漢字', '\ud83d\ude00', ']}'),
  fc.string({ unit: 'binary' }),
);
const scalars = fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null));
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalars, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
}));
const responses = fc.record(
  {
    id: scalars,
    taskStatus: scalars,
    results: fc.oneof(
      fc.array(fc.oneof(fc.record({ type: scalars, data: scalars }, { requiredKeys: [] }), anyJson), {
        maxLength: 5,
      }),
      anyJson,
    ),
    error: anyJson,
  },
  { requiredKeys: [] },
);

/** Escapes some characters of JSON, as .NET does, and adds white space. */
function escaped(text: string): string {
  const written: Readonly<Record<string, string>> = { '+': '\\u002B', '/': '\\/', a: '\\u0061' };
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|[{}[\],:]/g, (token, isString) => {
    if (isString === undefined) return `${token} \n`;
    const characters = Array.from(String(JSON.parse(token)), (character) => {
      return written[character] ?? JSON.stringify(character).slice(1, -1);
    });
    return `"${characters.join('')}"`;
  });
}

describe('the scanner, compared with JSON.parse,', () => {
  it.each<[string, fc.Arbitrary<unknown>, (json: string) => string]>([
    ['any response', fc.oneof(responses, anyJson), (json) => json],
    ['a response with many escapes and white space', responses, escaped],
  ])('reads the same from %s, wherever it is cut', (_, documents, write) => {
    fc.assert(
      fc.property(documents, cuts, (document, places) => {
        const text = write(JSON.stringify(document));
        expect(scan(text, places)).toEqual(reference(text));
      }),
      { numRuns: 400 },
    );
  });

  it('refuses the same texts, except for the contents of data strings', () => {
    const damaged = fc
      .tuple(responses, fc.nat(), fc.constantFrom('', '"', '{', ']', ',', 'x', ':', '\\', '\u0001'))
      .map(([document, place, insert]) => {
        const text = JSON.stringify(document);
        const at = place % (text.length + 1);
        return `${text.slice(0, at)}${insert}${text.slice(insert === '' ? at + 1 : at)}`;
      });
    fc.assert(
      fc.property(damaged, cuts, (text, places) => {
        const isJson = parses(text);
        const scanned = malformed(text, places);
        // The scanner does not check the characters of a data string; its sink does.
        if (isJson) expect(scanned).toBe('not malformed');
        else if (!text.includes('data')) expect(scanned).not.toBe('not malformed');
      }),
      { numRuns: 400 },
    );
  });

  function parses(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }
});

describe('a response that is cut', () => {
  it.each([
    '{"id":"a","taskStatus":"Completed","results":[{"type":"Text","data":"QWxs"},{"data":"SW4="}],"error":null}',
    '{"results":[{"data":"QW\\u002Bs\\/A==","type":"T\\"ext"}],"error":{"messages":["\\u00e9\\ud83d\\ude00"]}}',
    '{ "results" : [ ] , "id" : -1.5e3 }\n',
  ])('is malformed when its end is missing: %s', (text) => {
    const whole = Buffer.from(text.trimEnd());

    const cutOff = Array.from(whole.keys(), (length) => malformed(whole.subarray(0, length)));

    expect(cutOff.filter((message) => message === 'not malformed')).toEqual([]);
  });

  it('is read as in one piece, wherever it is cut', () => {
    const text =
      '{"results":[{"type":"a\\\\","data":"Q\\u002BxsSW4\\/"},{"data":"S\\"\\\\"},{"data":"SW4="}],"error":"\\u00e9\\\\"}';
    const whole = scan(text);

    for (let cut = 0; cut <= text.length; cut += 1) expect(scan(text, [cut])).toEqual(whole);
    expect(scan(text, [...Array(text.length).keys()])).toEqual(whole);
  });
});

describe('data strings', () => {
  it('have their JSON escapes resolved', () => {
    expect(scan('{"results":[{"data":"\\u002B\\u002b\\/\\u0041\\\\\\""}]}').data).toEqual(['++/A\\"']);
  });

  it('keep escaped characters that are not base64', () => {
    expect(scan('{"results":[{"data":"QQ\\u00e9\\n=="}]}').data).toEqual(['QQé\n==']);
  });

  it.each(['\\x', '\\u00g1', '\\u12', '\\U0041'])('with the escape %s are malformed', (sequence) => {
    expect(malformed(`{"results":[{"data":"QQ${sequence}"}]}`)).not.toBe('not malformed');
  });

  it.each([
    ['an escaped key', '{"results":[{"d\\u0061ta":"QQ=="}]}'],
    ['an escaped results', '{"resul\\u0074s":[{"data":"QQ=="}]}'],
    ['type after data', '{"results":[{"data":"QQ==","type":"Text"}],"taskStatus":"Completed"}'],
    ['white space everywhere', ' { "results" \n:\t[ { "type" : null , "data" :\r\n "QQ==" } ] } '],
    ['a byte order mark', '\ufeff{"results":[{"data":"QQ=="}]}'],
  ])('are found in a response with %s', (_, text) => {
    expect(scan(text)).toMatchObject({ response: { results: [{ data: '0' }] }, data: ['QQ=='] });
  });

  it.each([
    ['in another list', '{"others":[{"data":"QQ=="}]}'],
    ['one level deeper', '{"results":[{"inner":{"data":"QQ=="}}]}'],
    ['one list deeper', '{"results":[[{"data":"QQ=="}]]}'],
    ['at the root', '{"data":"QQ=="}'],
    ['in an object instead of a list', '{"results":{"data":"QQ=="}}'],
    ['below a list at the root', '[{"results":[{"data":"QQ=="}]}]'],
    ['in an object below data', '{"results":[{"data":{"data":"QQ=="}}]}'],
    ['where "data" is a value', '{"results":[{"type":"data"}]}'],
    ['below a key in another letter case', '{"results":[{"Data":"QQ=="}]}'],
  ])('are not found %s', (_, text) => {
    expect(scan(text)).toEqual({ response: JSON.parse(text), data: [] });
  });

  it.each([
    ['data', '{"results":[{"data":"QQ==","data":"Qg=="}]}'],
    ['results', '{"results":[{"data":"QQ=="}],"results":[{"data":"Qg=="}]}'],
  ])('are all found below duplicate keys %s, of which the last one counts', (_, text) => {
    expect(scan(text)).toEqual({ response: { results: [{ data: '1' }] }, data: ['QQ==', 'Qg=='] });
  });

  it('cannot be forged by a number or by the index of a sink', () => {
    expect(scan('{"results":[{"data":1},{"data":"0"}]}')).toEqual({
      response: { results: [{ data: 1 }, { data: '0' }] },
      data: ['0'],
    });
  });
});

describe('a hostile response', () => {
  it('changes no prototype', () => {
    const { response } = scan('{"__proto__":{"polluted":1},"results":[{"__proto__":{"data":"QQ=="}}]}');

    expect(Object.keys(response ?? {})).toContain('__proto__');
    expect({}).not.toHaveProperty('polluted');
  });

  const tooLarge = `{"error":"${'x'.repeat(5_000_000)}"}`;

  it.each([
    ['it is empty', '', 'the response is empty'],
    ['it is white space', ' \n', 'the response is empty'],
    ['it is HTML', '<html><body>Bad "gateway"</body></html>', 'the response is not complete JSON'],
    ['it has two documents', '{}{}', 'the response is not complete JSON'],
    ['it has text after its end', '{"id":null} x', 'the response is not complete JSON'],
    ['it has too many brackets', '{}]}', 'the response is not complete JSON'],
    ['it has single quotes', "{'results':[]}", 'the response is not complete JSON'],
    ['it nests 10,000 lists', '['.repeat(10_000), 'the response nests too deeply'],
    ['it nests 10,000 objects', '{"a":'.repeat(10_000), 'the response nests too deeply'],
    ['its other fields have megabytes', tooLarge, 'the response is too large apart from its data'],
  ])('is malformed, without being quoted, when %s', (_, text, message) => {
    expect(malformed(text)).toBe(message);
  });

  it('is read with replacement characters when it is invalid UTF-8', () => {
    const text = Buffer.concat([Buffer.from('{"id":"'), Buffer.of(0xff, 0xc3), Buffer.from('"}')]);

    expect(scan(text).response).toEqual({ id: '\ufffd\ufffd' });
  });

  it('is read when it has ten thousand results', () => {
    const results = Array.from({ length: 10_000 }, (_, index) => ({ type: 'Text', data: String(index) }));

    const { response, data } = scan(JSON.stringify({ results }), [1000, 70_000, 200_000]);

    expect(data).toEqual(results.map(({ data }) => data));
    expect(response).toEqual({ results });
  });

  const tooMany = 10_001;

  it.each([
    ['results', `{"results":[${Array(tooMany).fill('{"data":"QQ=="}').join()}]}`],
    ['null results', `{"results":[${Array(tooMany).fill('null').join()}]}`],
    ['empty results', `{"results":[${Array(tooMany).fill('{}').join()}]}`],
    ['lists of results', `{${Array(tooMany).fill('"results":[null]').join()}}`],
    ['data in one result', `{"results":[{${Array(tooMany).fill('"data":""').join()}}]}`],
  ])('is not read to its end when it has more than ten thousand %s', (_, text) => {
    expect(() => scan(text)).toThrow(TooManyResultsError);
  });

  it('may have more entries than that anywhere else', () => {
    const text = `{"error":{"messages":[${Array(tooMany).fill('""').join()}]},"results":[]}`;

    expect(scan(text).response).toMatchObject({ results: [] });
  });
});
