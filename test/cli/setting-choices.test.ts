import { expect, it } from 'vitest';
import { settingChoices } from '../../cli/setting-choices.ts';

it('describes the flags, numbers and choices of an operation', () => {
  const choices = settingChoices('RecognizeImage');

  expect(choices).toContainEqual({ kind: 'flag', name: 'makeSkewCorrect' });
  expect(choices).toContainEqual({ kind: 'number', name: 'rotate', minimum: -360, maximum: 360 });
  expect(choices).toContainEqual({
    kind: 'choice',
    name: 'dsrConfidence',
    values: ['Default', 'Low', 'LowMid', 'Mid', 'MidHigh', 'High', 'Ultra', 'All'],
  });
});

it('leaves out regions, which are no single value', () => {
  expect(settingChoices('RecognizeRegions').map(({ name }) => name)).toEqual(
    settingChoices('RecognizeImage').map(({ name }) => name),
  );
});

it('lists nothing for an operation without settings', () => {
  expect(settingChoices('UpscaleImage')).toEqual([]);
});
