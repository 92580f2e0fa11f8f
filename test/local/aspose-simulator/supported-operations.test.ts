import { describe, expect, it } from 'vitest';
import { explainUnsupported } from '../../../local/aspose-simulator/supported-operations.ts';

describe('explainUnsupported', () => {
  it('supports English, whose data is installed', () => {
    expect(explainUnsupported('RecognizeImage', { language: 'English' })).toBeUndefined();
  });

  it('supports other languages as soon as their data is installed', () => {
    const explain = (installed: string) =>
      explainUnsupported('RecognizeImage', { language: 'German' }, (code) =>
        code === installed ? 'data' : undefined,
      );

    expect(explain('deu')).toBeUndefined();
    expect(explain('fra')).toContain('npm install --save-dev @tesseract.js-data/deu');
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
