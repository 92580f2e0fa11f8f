import { describe, expect, it } from 'vitest';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { explainUnsupported } from '../../../local/aspose-simulator/supported-operations.ts';

describe('explainUnsupported', () => {
  it('supports only the operations that a local engine can do', () => {
    const supported = OPERATION_NAMES.filter((operation) => explainUnsupported(operation) === undefined);

    expect(supported.toSorted()).toEqual([
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

  it('names the unsupported operation and the supported ones', () => {
    expect(explainUnsupported('RecognizePdf')).toMatch(/RecognizePdf.*RecognizeImage/);
  });

  it.each([['English'], ['ENGLISH'], ['eng']])('supports the language %s', (language) => {
    expect(explainUnsupported('RecognizeImage', { language })).toBeUndefined();
  });

  it('names an unsupported language', () => {
    expect(explainUnsupported('RecognizeImage', { language: 'German' })).toBe(
      'language: got "German"; allowed in the simulator: English',
    );
  });

  it.each(['Pdf', 'TextAndPdf', 'PdfAndHocr', 'TextAndPdfAndHocr'] as const)(
    'does not support %s for a trial, only for other operations',
    (resultType) => {
      expect(explainUnsupported('RecognizeImageTrial', { resultType })).toContain(
        `resultType: got ${resultType}`,
      );
      expect(explainUnsupported('RecognizeImage', { resultType })).toBeUndefined();
    },
  );

  it('does not support a combined result type for regions, which have one result each', () => {
    expect(explainUnsupported('RecognizeRegions', { resultType: 'TextAndHocr' })).toContain('TextAndHocr');
    expect(explainUnsupported('RecognizeRegions', { resultType: 'Hocr' })).toBeUndefined();
  });
});
