import { expect, it } from 'vitest';
import { listChoices } from '../../../local/serve/choices.ts';

const namesOf = (choices: ReturnType<typeof listChoices>) => choices.operations.map(({ name }) => name);
const typesOf = (choices: ReturnType<typeof listChoices>, operation: string) =>
  choices.operations.find(({ name }) => name === operation)?.resultTypes;

it('offers every operation on images of a service', () => {
  const names = namesOf(listChoices('service'));

  expect(names).toContain('IdentifyFont');
  expect(names).not.toContain('RecognizePdf');
  expect(typesOf(listChoices('service'), 'RecognizeTable')).toContain('CsvAndExcel');
});

it('offers only what the simulator supports', () => {
  const choices = listChoices('simulator');

  expect(namesOf(choices)).toContain('RecognizeImage');
  expect(namesOf(choices)).not.toContain('IdentifyFont');
  expect(typesOf(choices, 'RecognizeImage')).toContain('TextAndPdf');
  expect(typesOf(choices, 'DetectRegions')).toEqual(['JSON']);
  expect(typesOf(choices, 'RecognizeRegions')).not.toContain('TextAndPdf');
});
