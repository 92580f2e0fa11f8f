import { expect, it } from 'vitest';
import { choicesOf } from '../../../local/serve/choices.ts';

const namesOf = (choices: ReturnType<typeof choicesOf>) => choices.operations.map(({ name }) => name);
const typesOf = (choices: ReturnType<typeof choicesOf>, operation: string) =>
  choices.operations.find(({ name }) => name === operation)?.resultTypes;

it('offers every operation on images with a service', () => {
  const names = namesOf(choicesOf('service'));

  expect(names).toContain('IdentifyFont');
  expect(names).not.toContain('RecognizePdf');
  expect(typesOf(choicesOf('service'), 'RecognizeTable')).toContain('CsvAndExcel');
});

it('offers nothing that the simulator would refuse', () => {
  const choices = choicesOf('simulator');

  expect(namesOf(choices)).toContain('RecognizeImage');
  expect(namesOf(choices)).not.toContain('IdentifyFont');
  expect(typesOf(choices, 'RecognizeImage')).toContain('TextAndPdf');
  expect(typesOf(choices, 'RecognizeRegions')).not.toContain('TextAndPdf');
});
