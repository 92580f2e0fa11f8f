import { describe, expect, it, vi } from 'vitest';
import {
  MAX_JSON_CHARACTERS,
  MAX_LINE_CHARACTERS,
  parseListFormat,
  readListedValues,
} from '../../../../functions/core/batch/list-format.ts';
import { inParts } from '../../../support/batch-world.ts';
import { toArray } from '../../../support/to-array.ts';

const ID = 'c4b60313-4f78-45f8-b708-069eb98dc22e';

const read = (key: string, content: string | Uint8Array, bytes?: number) =>
  toArray(readListedValues(inParts(content, bytes), parseListFormat(key)));

const valuesIn = async (key: string, content: string, bytes?: number) =>
  (await read(key, content, bytes)).map(({ value }) => value);

const refusal = async (key: string, content: string | Uint8Array) => {
  const error: unknown = await read(key, content).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error;
};

const invalid = (message: string) =>
  expect.objectContaining({ name: 'UnusableListError', reason: 'ListInvalid', message });

describe('the format of a list', () => {
  it.each(['a.jsonl', 'A.JSONL', 'a.ndjson', 'lists/b.c.json', 'a.Csv'])('is that of %s', (key) => {
    expect(parseListFormat(key)).toBeTypeOf('function');
  });

  it.each(['a', 'a.txt', 'a.json.gz', 'jsonl', 'a.', 'a.constructor'])('is unknown for %s', (key) => {
    expect(() => parseListFormat(key)).toThrow(
      'list.key: got a key with another ending; allowed: a key that ends with .jsonl, .ndjson, .json, .csv',
    );
  });
});

describe('a list in JSON Lines', () => {
  it('has an object or a task id per line', async () => {
    const values = await read('a.jsonl', `{"taskId":"a"}\n"b"\n${ID}\n`);

    expect(values).toEqual([
      { place: 'line 1', value: { taskId: 'a' } },
      { place: 'line 2', value: 'b' },
      { place: 'line 3', value: ID },
    ]);
  });

  it.each(['123456', '123e4567', '1e999', '-0', 'null', 'true'])(
    'has the task id %s, although it is JSON',
    async (taskId) => {
      expect(await valuesIn('a.jsonl', `${taskId}\r\n`)).toEqual([taskId]);
    },
  );

  it('skips blank lines, which count', async () => {
    expect(await read('a.jsonl', '\n  \n"a"\n\t\r\n"b"')).toEqual([
      { place: 'line 3', value: 'a' },
      { place: 'line 5', value: 'b' },
    ]);
  });

  it.each([1, 2, 3, 1000])('is read in parts of %d bytes', async (bytes) => {
    const correlation = 'ü\u2028\u0085 😀 "q"';
    const content = `\ufeff{"correlation":${JSON.stringify(correlation)}}\r\n"b"\r\n`;

    expect(await valuesIn('a.jsonl', content, bytes)).toEqual([{ correlation }, 'b']);
  });

  it.each(['{"taskId":', '["a"', '"a'])(
    'is refused for the line %s, which it does not repeat',
    async (line) => {
      expect(await refusal('a.jsonl', `"a"\n${line}\n`)).toEqual(
        invalid('line 2: got text that is not JSON; allowed: an object, or a task id'),
      );
    },
  );

  it('takes lines of the maximum length', async () => {
    const line = JSON.stringify('a'.repeat(MAX_LINE_CHARACTERS - 2));

    expect(await valuesIn('a.jsonl', `${line}\n${line}`)).toHaveLength(2);
    expect(await refusal('a.jsonl', `"a"\n${line} \n`)).toEqual(
      invalid('line 2: got a longer line; allowed: at most 262144 characters'),
    );
  });

  it('S34: is refused before a line without an end is in memory', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(64 * 1024, 'a');
      }
    }

    const refused = toArray(readListedValues(endless(), parseListFormat('a.jsonl')));

    await expect(refused).rejects.toThrow('line 1: got a longer line');
    expect(read).toBe(5);
  });
});

describe('a list in JSON', () => {
  it('is an array', async () => {
    expect(await read('a.json', `\ufeff [{"taskId":"a"}, "b"]\n`)).toEqual([
      { place: 'item 1', value: { taskId: 'a' } },
      { place: 'item 2', value: 'b' },
    ]);
  });

  it.each([
    ['', 'text that is not JSON'],
    ['["secret"', 'text that is not JSON'],
    ['{"tasks":[]}', 'an object'],
    ['null', 'null'],
    ['"a b"', 'a string of 3 characters, with " " at 2'],
  ])('is not %s', async (content, got) => {
    expect(await refusal('a.json', content)).toEqual(
      invalid(`list: got ${got}; allowed: a JSON array of task ids and objects`),
    );
  });

  it('has a maximum length', async () => {
    const longest = `[${' '.repeat(MAX_JSON_CHARACTERS - 2)}]`;

    expect(await read('a.json', longest)).toEqual([]);
    expect(await refusal('a.json', `${longest} `)).toEqual(
      invalid('list: got a larger JSON list; allowed: at most 8388608 characters; use JSON Lines for more'),
    );
  });
});

describe('a list in CSV', () => {
  const HEADER =
    'taskId,operation,submittedAt,correlation,polling,generation,bucket,key,versionId,etag,settings';

  it('has all fields of tasks and images', async () => {
    const task = `${ID},RecognizePdf,2026-01-01T00:00:00Z,order 1,"{""preset"":""patient""}",2,,,,,`;
    const image = ',,,,,,scans,"a, b.png",v1,e1,"{""rotate"":90}"';

    expect(await read('a.csv', `${HEADER}\n${task}\n${image}\n`)).toEqual([
      {
        place: 'line 2',
        value: {
          taskId: ID,
          operation: 'RecognizePdf',
          submittedAt: '2026-01-01T00:00:00Z',
          correlation: 'order 1',
          polling: { preset: 'patient' },
          generation: 2,
        },
      },
      {
        place: 'line 3',
        value: {
          source: { bucket: 'scans', key: 'a, b.png', versionId: 'v1', etag: 'e1' },
          settings: { rotate: 90 },
        },
      },
    ]);
  });

  it.each([1, 2, 3, 7, 1000])('is read in parts of %d bytes, with any line ends', async (bytes) => {
    const content = '\ufefftaskId,correlation\r\na,"x ""ü""\r\n😀\u2028"\r\n\r\nb,y\nc,\n,\n';

    expect(await valuesIn('a.csv', content, bytes)).toEqual([
      { taskId: 'a', correlation: 'x "ü"\r\n😀\u2028' },
      { taskId: 'b', correlation: 'y' },
      { taskId: 'c' },
    ]);
  });

  it('names the line on which a row ends', async () => {
    const rows = await read('a.csv', 'taskId,correlation\na,"1\n2"\n\nb,\n');

    expect(rows.map(({ place }) => place)).toEqual(['line 3', 'line 5']);
  });

  it('leaves cells that are not JSON to the schema', async () => {
    expect(await valuesIn('a.csv', 'polling,generation\n{,01\n')).toEqual([
      { polling: '{', generation: '01' },
    ]);
  });

  it.each([
    ['taskId,Operation\n', 'line 1: got the column Operation; allowed: a header of taskId, operation, '],
    ['taskId;operation\n', 'line 1: got the column a name of 16 characters; allowed: a header of '],
    ['a b\n', 'line 1: got the column a name of 3 characters; '],
    ['taskId,taskId\n', 'line 1: got the column taskId twice; '],
    ['taskId,key\na\n', 'line 2: got 1 cells; allowed: 2, as in the header'],
    ['taskId\na,b\n', 'line 2: got 2 cells; allowed: 1, as in the header'],
    [
      'taskId\na\n"secret',
      'list: got a quotation mark that is never closed after line 2; allowed: a cell with ',
    ],
    ['taskId\n"secret"x\n', 'list: got a quotation mark inside a cell after line 1; '],
  ])('is refused for the content %j', async (content, message) => {
    expect(await refusal('a.csv', content)).toEqual(invalid(expect.stringContaining(message)));
  });
});

describe('a row of CSV', () => {
  it('has a maximum length, so that a quotation mark that is never closed needs little memory', async () => {
    let parts = 0;
    async function* endless() {
      yield Buffer.from('taskId\na\n"');
      for (; ; parts += 1) yield Buffer.alloc(64 * 1024, 'a');
    }

    const refused = toArray(readListedValues(endless(), parseListFormat('a.csv')));

    await expect(refused).rejects.toThrow(
      'list: got a longer row, or a quotation mark that is never closed, after line 2; allowed: rows of at most 262144 bytes',
    );
    expect(parts).toBeLessThan(MAX_LINE_CHARACTERS / 1024);
  });
});

describe('every list', () => {
  it.each(['a.jsonl', 'a.json', 'a.csv'])('is UTF-8, such as %s', async (key) => {
    const utf16 = Buffer.from('\ufeff"taskId"', 'utf16le');
    const cut = Buffer.from('"ü').subarray(0, 2);

    for (const content of [utf16, cut])
      expect(await refusal(key, content)).toEqual(
        invalid('list: got bytes that are not UTF-8; allowed: UTF-8'),
      );
  });

  it.each(['a.jsonl', 'a.json', 'a.csv'])('passes on the errors of its source, such as %s', async (key) => {
    async function* failing() {
      yield Buffer.from('taskId\n');
      throw new TypeError('the connection was reset');
    }

    const values = toArray(readListedValues(failing(), parseListFormat(key)));

    await expect(values).rejects.toThrow(new TypeError('the connection was reset'));
  });

  it.each(['a.jsonl', 'a.csv'])('is closed when no more is taken, such as %s', async (key) => {
    const state = { isClosed: false };
    async function* endless() {
      try {
        for (;;) yield Buffer.from('taskId\n');
      } finally {
        state.isClosed = true;
      }
    }

    for await (const _ of readListedValues(endless(), parseListFormat(key))) break;

    await vi.waitFor(() => expect(state.isClosed).toBe(true));
  });
});
