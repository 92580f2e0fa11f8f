import { describe, expect, it } from 'vitest';
import { explainUnsupported } from '../../../local/aspose-simulator/supported-operations.ts';

describe('explainUnsupported', () => {
  it.each([['English'], ['ENGLISH'], ['eng']])('supports the language %s', (language) => {
    expect(explainUnsupported('RecognizeImage', { language })).toBeUndefined();
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
