import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { simulatorRefusal } from '../../../local/aspose-simulator/simulator-error.ts';

describe('simulatorRefusal', () => {
  test('serves what a local engine can do, and nothing else', () => {
    const served = OPERATION_NAMES.filter((operation) => simulatorRefusal(operation) === undefined);

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
    expect(simulatorRefusal('RecognizePdf')).toMatch(/RecognizePdf.*RecognizeImage/);
  });

  test.each([['English'], ['ENGLISH'], ['eng']])('serves the language %s', (language) => {
    expect(simulatorRefusal('RecognizeImage', { language })).toBeUndefined();
  });

  test('refuses another language', () => {
    expect(simulatorRefusal('RecognizeImage', { language: 'German' })).toBe(
      'The simulator recognises English only, got the language "German".',
    );
  });

  test.each(['Pdf', 'TextAndPdf', 'PdfAndHocr', 'TextAndPdfAndHocr'] as const)(
    'refuses %s for a trial, and serves it otherwise',
    (resultType) => {
      expect(simulatorRefusal('RecognizeImageTrial', { resultType })).toContain(
        `got the result type ${resultType}`,
      );
      expect(simulatorRefusal('RecognizeImage', { resultType })).toBeUndefined();
    },
  );

  test('refuses a combined result type for regions, which have one result each', () => {
    expect(simulatorRefusal('RecognizeRegions', { resultType: 'TextAndHocr' })).toContain('TextAndHocr');
    expect(simulatorRefusal('RecognizeRegions', { resultType: 'Hocr' })).toBeUndefined();
  });
});
