import { expect, it } from 'vitest';
import type { BatchResult } from '../../../../functions/contracts/batch-record.ts';
import { CSV_HEADER, toCsvRow } from '../../../../functions/core/batch/batch-csv.ts';
import { instantAfter } from '../../../support/builders.ts';

function aLine(details: Partial<BatchResult> = {}): BatchResult {
  return {
    ...{ i: 7, operation: 'RecognizeImage', generation: 1, outcome: 'NotStarted', messages: [] },
    ...{ attempts: 0, uploads: 0, results: [], resultCount: 0, manifest: null },
    ...details,
  };
}

it('names the columns in the first row', () => {
  expect(CSV_HEADER).toBe(
    'i,taskId,imageId,operation,generation,outcome,reason,correlation,bucket,key,attempts,uploads,resultCount,firstResultKey,manifest,startedAt,completedAt,messages\r\n',
  );
});

it('writes a line with all fields as one row', () => {
  const source = { bucket: 'scans', key: 'a.png', etag: '1' };
  const noData = { type: 'Text', key: null, bytes: 0, sha256: null };
  const results = [noData, { type: 'Text', key: 'results/1.txt', bytes: 3, sha256: 'ab' }];
  const line = aLine({
    ...{ taskId: 't', imageId: 'm', outcome: 'Failed', reason: 'RecognitionError', correlation: 'c', source },
    ...{ attempts: 3, uploads: 1, results, resultCount: 2, manifest: 'manifest.json' },
    ...{ startedAt: instantAfter(0), completedAt: instantAfter(9), messages: ['unreadable', 'try again'] },
  });

  expect(toCsvRow(line)).toBe(
    '7,t,m,RecognizeImage,1,Failed,RecognitionError,c,scans,a.png,3,1,2,results/1.txt,manifest.json,2026-01-01T00:00:00.000Z,2026-01-01T00:00:09.000Z,"unreadable\ntry again"\r\n',
  );
});

it('leaves the cells of absent fields empty', () => {
  expect(toCsvRow(aLine())).toBe('7,,,RecognizeImage,1,NotStarted,,,,,0,0,0,,,,,\r\n');
});

it.each([
  ['a comma', 'a,b', '"a,b"'],
  ['quotation marks', 'say "a"', '"say ""a"""'],
  ['a line break', 'a\r\nb', '"a\r\nb"'],
  ['a space at the end', 'a ', 'a '],
  ['letters beyond ASCII', 'Größe\u2028😀', 'Größe\u2028😀'],
])('writes a cell with %s as RFC 4180 demands', (_, correlation, cell) => {
  expect(toCsvRow(aLine({ correlation }))).toContain(`,NotStarted,,${cell},,`);
});

it.each([
  ['=', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['+', '+1', "'+1"],
  ['-', '-1', "'-1"],
  ['@', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab', '\t=1', "'\t=1"],
  ['a carriage return', '\r=1', `"'\r=1"`],
])(
  'S36: marks a cell that begins with %s as text, so that a spreadsheet runs no formula',
  (_, correlation, cell) => {
    expect(toCsvRow(aLine({ correlation }))).toContain(`,NotStarted,,${cell},,`);
  },
);
