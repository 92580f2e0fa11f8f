import { expect, it } from 'vitest';
import { listChoices } from '../../../../local/serve/choices.ts';
import { planFiles } from '../../../../local/serve/page/chosen-files.ts';

const { operations } = listChoices('simulator');
const FORM = {
  operation: 'RecognizeImage',
  resultType: 'TextAndPdf',
  language: 'English',
  settings: ['rotate=90'],
  regions: [],
};
const png = { name: 'a.png', type: 'image/png' };
const pdf = { name: 'B.PDF', type: '' };
const text = { name: 'c.txt', type: 'text/plain' };

function plan(files: readonly { readonly name: string; readonly type: string }[], form = FORM) {
  return planFiles(files, form, operations).map(({ plan: planned }) =>
    planned.kind === 'planned' ? planned.query.toString() : planned.reason,
  );
}

it('gives each kind of file an operation that takes it, with the settings that both have', () => {
  expect(plan([png, pdf, text])).toEqual([
    'fileName=a.png&operation=RecognizeImage&resultType=TextAndPdf&language=English&setting=rotate%3D90',
    'fileName=B.PDF&operation=RecognizePdf&resultType=TextAndPdf&language=English&setting=rotate%3D90',
    'file: got a text; allowed: an image, a PDF document',
  ]);
});

it('recognizes a single file with the chosen operation, even if its name says otherwise', () => {
  expect(plan([{ name: 'scan', type: '' }], { ...FORM, operation: 'RecognizePdf' })).toEqual([
    'fileName=scan&operation=RecognizePdf&resultType=TextAndPdf&language=English&setting=rotate%3D90',
  ]);
});

it('leaves out what the operation does not take', () => {
  expect(plan([png], { ...FORM, operation: 'UpscaleImage' })).toEqual([
    'fileName=a.png&operation=UpscaleImage',
  ]);
});
