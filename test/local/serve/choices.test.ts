import { expect, it } from 'vitest';
import { listChoices } from '../../../local/serve/choices.ts';

function choicesOf(vendor: 'simulator' | 'service', operation: string) {
  const { operations } = listChoices(vendor);
  const found = operations.find(({ name }) => name === operation);
  if (found === undefined) throw new Error(`${vendor} does not offer ${operation}`);
  return { ...found, settings: found.settings.map(({ name }) => name) };
}

it('offers every operation of a service, with what it takes', () => {
  expect(listChoices('service').operations).toHaveLength(17);
  expect(choicesOf('service', 'RecognizePdf').input).toBe('pdf');
  expect(choicesOf('service', 'RecognizeTable').resultTypes).toContain('CsvAndExcel');
  expect(choicesOf('service', 'RecognizeImage').languages).toContain('German');
  expect(choicesOf('service', 'RecognizeImage').settings).toEqual([
    'rotate',
    'makeSkewCorrect',
    'makeBinarization',
    'makeSpellCheck',
    'makeContrastCorrection',
    'makeUpsampling',
    'dsrMode',
    'dsrConfidence',
  ]);
});

it('offers no settings for an operation without settings', () => {
  expect(choicesOf('service', 'DewarpImage')).toMatchObject({ languages: [], settings: [] });
});

it('offers only the operations, result types and languages that the simulator supports', () => {
  expect(listChoices('simulator').operations.map(({ name }) => name)).not.toContain('IdentifyFont');
  expect(choicesOf('simulator', 'RecognizePdf').input).toBe('pdf');
  expect(choicesOf('simulator', 'RecognizeImage').resultTypes).toContain('TextAndPdf');
  expect(choicesOf('simulator', 'DetectRegions').resultTypes).toEqual(['JSON']);
  expect(choicesOf('simulator', 'RecognizeRegions').resultTypes).not.toContain('TextAndPdf');
  expect(choicesOf('simulator', 'RecognizeImage').languages).toEqual(['English']);
});

it('leaves out the settings that the simulator ignores', () => {
  expect(choicesOf('simulator', 'RecognizeImage').settings).toEqual([
    'rotate',
    'makeSkewCorrect',
    'makeBinarization',
    'makeContrastCorrection',
    'makeUpsampling',
  ]);
});
