import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { explainUnsupported } from '../../../local/aspose-simulator/supported-operations.ts';

describe('explainUnsupported', () => {
  test('serves what a local engine can do, and nothing else', () => {
    const served = OPERATION_NAMES.filter((operation) => explainUnsupported(operation) === undefined);

    expect(served.toSorted()).toEqual([
      'BinarizeImage',
      'DeskewImage',
      'DetectRegions',
      'RecognizeImage',
      'RecognizeImageTrial',
      'RecognizeLabel',
      'RecognizeReceipt',
      'RecognizeRegions',
      'UpscaleImage',
    ]);
  });

  test('names the operation that it does not serve, and those that it does', () => {
    expect(explainUnsupported('RecognizePdf')).toMatch(/RecognizePdf.*RecognizeImage/);
  });

  test.each([['English'], ['ENGLISH'], ['eng']])('serves the language %s', (language) => {
    expect(explainUnsupported('RecognizeImage', { language })).toBeUndefined();
  });

  test('refuses another language', () => {
    expect(explainUnsupported('RecognizeImage', { language: 'German' })).toBe(
      'The simulator recognises English only, got the language "German".',
    );
  });

  test.each(['Pdf', 'TextAndPdf', 'PdfAndHocr', 'TextAndPdfAndHocr'] as const)(
    'refuses %s for a trial, and serves it otherwise',
    (resultType) => {
      expect(explainUnsupported('RecognizeImageTrial', { resultType })).toContain(
        `got the result type ${resultType}`,
      );
      expect(explainUnsupported('RecognizeImage', { resultType })).toBeUndefined();
    },
  );

  test('refuses a combined result type for regions, which have one result each', () => {
    expect(explainUnsupported('RecognizeRegions', { resultType: 'TextAndHocr' })).toContain('TextAndHocr');
    expect(explainUnsupported('RecognizeRegions', { resultType: 'Hocr' })).toBeUndefined();
  });
});
