import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedResponseError } from '../../../../functions/adapters/aspose/malformed-response.ts';
import { createResponseScanner } from '../../../../functions/adapters/aspose/response-scanner.ts';

/** Scans a text cut at these places; `data` are the strings that the sinks were given, in the order of the text. */
function scan(text: string | Uint8Array, cuts: readonly number[] = []) {
  const data: string[] = [];
  const scanner = createResponseScanner(() => {
    const pieces: Uint8Array[] = [];
    return {
      write: (characters) => pieces.push(Uint8Array.from(characters)),
      end: () => data.push(Buffer.concat(pieces).toString()),
    };
  });
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  places.forEach((place, index) => {
    scanner.write(bytes.subarray(place, places[index + 1] ?? bytes.length));
  });
  return { answer: scanner.end(), data };
}

/** What a plain parser makes of it: the answer with each data string replaced by its number, and the strings. */
function reference(text: string) {
  const data: string[] = [];
  const answer: unknown = JSON.parse(text);
  const results = isObject(answer) ? answer['results'] : undefined;
  if (Array.isArray(results)) {
    for (const entry of results) {
      if (!isObject(entry) || typeof entry['data'] !== 'string') continue;
      data.push(entry['data']);
      entry['data'] = String(data.length - 1);
    }
  }
  return { answer, data };
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

const cuts = fc.array(fc.nat(), { maxLength: 12 });
// No key has a character that JSON escapes: of two such keys of one length, JSON.parse of Node.js 24.21 may itself
// take one for the other. Escaped keys have tests of their own below.
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
const answers = fc.record(
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

/** JSON with some of its string characters written as escapes, as .NET does, and some white space. */
function writtenOddly(text: string): string {
  const written: Readonly<Record<string, string>> = { '+': '\\u002B', '/': '\\/', a: '\\u0061' };
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|[{}[\],:]/g, (token, isString) => {
    if (isString === undefined) return `${token} \n`;
    const characters = Array.from(String(JSON.parse(token)), (character) => {
      return written[character] ?? JSON.stringify(character).slice(1, -1);
    });
    return `"${characters.join('')}"`;
  });
}

describe('the scanner, beside JSON.parse', () => {
  it('makes the same of any answer, however it is cut', () => {
    fc.assert(
      fc.property(fc.oneof(answers, anyJson), cuts, (document, places) => {
        const text = JSON.stringify(document);
        expect(scan(text, places)).toEqual(reference(text));
      }),
      { numRuns: 400 },
    );
  });

  it('makes the same of an answer full of escapes and white space', () => {
    fc.assert(
      fc.property(answers, cuts, (document, places) => {
        const text = writtenOddly(JSON.stringify(document));
        expect(scan(text, places)).toEqual(reference(text));
      }),
      { numRuns: 400 },
    );
  });

  it('refuses whatever JSON.parse refuses, but for what stands in a data string', () => {
    const damaged = fc
      .tuple(answers, fc.nat(), fc.constantFrom('', '"', '{', ']', ',', 'x', ':', '\\', '\u0001'))
      .map(([document, place, insert]) => {
        const text = JSON.stringify(document);
        const at = place % (text.length + 1);
        return `${text.slice(0, at)}${insert}${text.slice(insert === '' ? at + 1 : at)}`;
      });
    fc.assert(
      fc.property(damaged, cuts, (text, places) => {
        const isJson = parses(text);
        const scanned = malformed(text, places);
        // A data string may hold what JSON forbids there: its sink judges it.
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

describe('an answer cut off', () => {
  it.each([
    '{"id":"a","taskStatus":"Completed","results":[{"type":"Text","data":"QWxs"},{"data":"SW4="}],"error":null}',
    '{"results":[{"data":"QW\\u002Bs\\/A==","type":"T\\"ext"}],"error":{"messages":["\\u00e9\\ud83d\\ude00"]}}',
    '{ "results" : [ ] , "id" : -1.5e3 }\n',
  ])('is malformed wherever it is cut: %s', (text) => {
    const whole = Buffer.from(text.trimEnd());

    const cutOff = Array.from(whole.keys(), (length) => malformed(whole.subarray(0, length)));

    expect(cutOff.filter((message) => message === 'not malformed')).toEqual([]);
  });

  it('gives the same at every single cut as in one piece', () => {
    const text =
      '{"results":[{"type":"a\\\\","data":"Q\\u002BxsSW4\\/"},{"data":"S\\"\\\\"},{"data":"SW4="}],"error":"\\u00e9\\\\"}';
    const whole = scan(text);

    for (let cut = 0; cut <= text.length; cut += 1) expect(scan(text, [cut])).toEqual(whole);
    expect(
      scan(
        text,
        Array.from(text, (_, index) => index),
      ),
    ).toEqual(whole);
  });
});

describe('data strings', () => {
  it('have their escapes resolved as JSON says', () => {
    expect(scan('{"results":[{"data":"\\u002B\\u002b\\/\\u0041\\\\\\""}]}').data).toEqual(['++/A\\"']);
  });

  it('keep a character that is not base64 foreign to it', () => {
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
  ])('are found behind %s', (_, text) => {
    expect(scan(text)).toMatchObject({ answer: { results: [{ data: '0' }] }, data: ['QQ=='] });
  });

  it.each([
    ['in another list', '{"others":[{"data":"QQ=="}]}'],
    ['one level deeper', '{"results":[{"inner":{"data":"QQ=="}}]}'],
    ['one list deeper', '{"results":[[{"data":"QQ=="}]]}'],
    ['at the root', '{"data":"QQ=="}'],
    ['in an object instead of a list', '{"results":{"data":"QQ=="}}'],
    ['below a list at the root', '[{"results":[{"data":"QQ=="}]}]'],
    ['as a key', '{"results":[{"data":{"data":"QQ=="}}]}'],
    ['as a value', '{"results":[{"type":"data"}]}'],
    ['in another case', '{"results":[{"Data":"QQ=="}]}'],
  ])('are not those %s', (_, text) => {
    expect(scan(text)).toEqual({ answer: JSON.parse(text), data: [] });
  });

  it('of equal keys are all taken, and the last one counts, as JSON says', () => {
    expect(scan('{"results":[{"data":"QQ==","data":"Qg=="}]}')).toEqual({
      answer: { results: [{ data: '1' }] },
      data: ['QQ==', 'Qg=='],
    });
    expect(scan('{"results":[{"data":"QQ=="}],"results":[{"data":"Qg=="}]}')).toMatchObject({
      answer: { results: [{ data: '1' }] },
    });
  });

  it('cannot be forged by a number or another sink', () => {
    expect(scan('{"results":[{"data":1},{"data":"0"}]}')).toEqual({
      answer: { results: [{ data: 1 }, { data: '0' }] },
      data: ['0'],
    });
  });
});

describe('a hostile answer', () => {
  it('touches no prototype', () => {
    const { answer } = scan('{"__proto__":{"polluted":1},"results":[{"__proto__":{"data":"QQ=="}}]}');

    expect(Object.keys(answer ?? {})).toContain('__proto__');
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    ['empty', '', 'the response is empty'],
    ['of white space', ' \n', 'the response is empty'],
    ['HTML', '<html><body>Bad "gateway"</body></html>', 'the response is not complete JSON'],
    ['two documents', '{}{}', 'the response is not complete JSON'],
    ['with something after it', '{"id":null} x', 'the response is not complete JSON'],
    ['too many ends', '{}]}', 'the response is not complete JSON'],
    ['single quotes', "{'results':[]}", 'the response is not complete JSON'],
  ])('%s is malformed, and its text is not in the message', (_, text, message) => {
    expect(malformed(text)).toBe(message);
  });

  it('nested ten thousand times is malformed', () => {
    expect(malformed('['.repeat(10_000))).toBe('the response nests too deeply');
    expect(malformed('{"a":'.repeat(10_000))).toBe('the response nests too deeply');
  });

  it('with megabytes beside its data is malformed', () => {
    expect(malformed(`{"error":"${'x'.repeat(5_000_000)}"}`)).toBe(
      'the response is too large apart from its data',
    );
  });

  it('of invalid UTF-8 is taken as far as JSON goes', () => {
    const text = Buffer.concat([Buffer.from('{"id":"'), Buffer.of(0xff, 0xc3), Buffer.from('"}')]);

    expect(scan(text).answer).toEqual({ id: '\ufffd\ufffd' });
  });
});

it('an answer of ten thousand results is taken', () => {
  const results = Array.from({ length: 10_000 }, (_, index) => ({ type: 'Text', data: String(index) }));

  const { answer, data } = scan(JSON.stringify({ results }), [1000, 70_000, 200_000]);

  expect(data).toEqual(results.map(({ data }) => data));
  expect(answer).toEqual({ results });
});
