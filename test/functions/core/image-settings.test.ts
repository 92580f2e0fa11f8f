import { describe, expect, it } from 'vitest';
import { takesSettings } from '../../../functions/contracts/image-settings.ts';
import { LANGUAGES } from '../../../functions/contracts/languages.ts';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { resultTypesOf } from '../../../functions/contracts/result-types.ts';
import {
  normalizeSettings,
  parseImageSettings,
  settingsFromText,
} from '../../../functions/core/image-settings.ts';
import { vendorSettings } from '../../../functions/core/vendor-settings.ts';

const rect = { topLeftX: 0, topLeftY: 0, bottomRightX: 10, bottomRightY: 20 };
const regions = [{ rect }];

describe('the settings of an image', () => {
  it('know all 154 languages of Aspose, without a repetition', () => {
    expect(new Set(LANGUAGES).size).toBe(154);
  });

  it.each(LANGUAGES)('accept the language %s', (language) => {
    expect(parseImageSettings('RecognizeImage', { language })).toEqual({ language });
  });

  it('accept every setting', () => {
    const settings = {
      language: 'German',
      resultType: 'TextAndPdf',
      rotate: -360,
      makeSkewCorrect: true,
      makeBinarization: false,
      makeSpellCheck: true,
      makeContrastCorrection: true,
      makeUpsampling: true,
      dsrMode: 'LineDetector',
      dsrConfidence: 'Ultra',
      regions: [{ rect, order: 7 }],
    };

    expect(parseImageSettings('RecognizeRegions', settings)).toEqual(settings);
  });

  it('may be missing, except for the regions of RecognizeRegions', () => {
    for (const operation of OPERATION_NAMES.filter((name) => name !== 'RecognizeRegions'))
      expect(parseImageSettings(operation, undefined)).toEqual({});
    expect(() => parseImageSettings('RecognizeRegions', {})).toThrow(
      'settings.regions: got nothing; allowed: an array of 1 to 1000 regions { rect, order }',
    );
  });

  it.each([
    [
      'RecognizeImage',
      { language: 'Klingon' },
      /^settings\.language: got 'Klingon'; allowed: one of English, /,
    ],
    [
      'RecognizeImage',
      { rotate: 361 },
      /^settings\.rotate: got 361; allowed: a whole number from -360 to 360$/,
    ],
    ['RecognizeImage', { rotate: 1.5 }, /^settings\.rotate: got 1\.5; /],
    ['RecognizeImage', { rotate: 'left' }, /^settings\.rotate: got 'left'; /],
    ['RecognizeImage', { makeUpsampling: 1 }, /^settings\.makeUpsampling: got 1; allowed: true or false$/],
    [
      'RecognizeImage',
      { colour: true },
      /^settings\.colour: got a field that does not exist; allowed: .*language/,
    ],
    ['RecognizeImage', { regions }, /^settings\.regions: got a field that does not exist; /],
    [
      'RecognizeImage',
      { resultType: 'Csv' },
      /^settings\.resultType: got 'Csv'; allowed: one of Text, .*, JSON$/,
    ],
    ['RecognizeImage', { resultTypeTable: 'Csv' }, /^settings\.resultTypeTable: /],
    ['RecognizeTable', { resultType: 'Text' }, /^settings\.resultType: /],
    ['RecognizeTable', { resultTypeTable: 'Pdf' }, /; allowed: one of Text, Excel, Csv, CsvAndExcel$/],
    ['DetectRegions', { resultType: 'Text' }, /^settings\.resultType: got 'Text'; allowed: one of JSON$/],
    ['DeskewImage', { language: 'English' }, /^settings\.language: .* because DeskewImage has no settings$/],
    [
      'ConvertTextToSpeech',
      { language: 'German' },
      /^settings\.language: got 'German'; allowed: one of English$/,
    ],
    ['ConvertTextToSpeech', { rotate: 0 }, /^settings\.rotate: /],
    ['RecognizeRegions', { regions: [] }, /^settings\.regions: got an array of 0; /],
    [
      'RecognizeRegions',
      { regions: Array(1001).fill({ rect }) },
      /^settings\.regions: got an array of 1001; /,
    ],
    ['RecognizeRegions', { regions: [{}] }, /^settings\.regions\.0\.rect: got nothing; /],
    [
      'RecognizeRegions',
      { regions: [{ rect: { ...rect, topLeftX: -1 } }] },
      /^settings\.regions\.0\.rect\.topLeftX: /,
    ],
    [
      'RecognizeRegions',
      { regions: [...regions, { rect: { ...rect, topLeftX: 10 } }] },
      /^settings\.regions\.1\.rect: got an object; allowed: a top left corner above and left of /,
    ],
    ['RecognizeRegions', { regions: [{ rect, order: 0.5 }] }, /^settings\.regions\.0\.order: got 0\.5; /],
    ['RecognizeImage', [], /^settings: got an array of 0; /],
    ['RecognizeImage', 'all', /^settings: got 'all'; /],
  ] as const)('of %s refuse %j', (operation, settings, message) => {
    expect(() => parseImageSettings(operation, settings)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringMatching(message) }),
    );
  });

  it('have error texts that fit into an event', () => {
    expect(() => parseImageSettings('RecognizeImage', { language: 'Klingon' })).toThrow(/^.{1,2000}$/);
  });

  it.each(OPERATION_NAMES)('of %s accept its own result types', (operation) => {
    const name = operation === 'RecognizeTable' ? 'resultTypeTable' : 'resultType';
    for (const type of takesSettings(operation) ? resultTypesOf(operation) : []) {
      const settings = { ...(operation === 'RecognizeRegions' && { regions }), [name]: type };
      expect(vendorSettings(operation, parseImageSettings(operation, settings))).toMatchObject({
        [name]: type,
      });
    }
  });

  it.each([
    [{ Rotate: 90 }, { rotate: 90 }],
    [{ rotate: 90 }, { rotate: 90 }],
    [
      { resulttype: 'Pdf', MAKESKEWCORRECT: true },
      { resultType: 'Pdf', makeSkewCorrect: true },
    ],
    [{ language: null, Rotate: null, rotate: 90 }, { rotate: 90 }],
    [{ makeCoffee: 1 }, { makeCoffee: 1 }],
    [null, {}],
    [undefined, {}],
    [[], []],
    ['all', 'all'],
  ])('given as %j are %j', (settings, normalized) => {
    expect(normalizeSettings(settings)).toEqual(normalized);
  });

  it.each(OPERATION_NAMES)('of %s can be named in lower case, as S3 metadata names them', (operation) => {
    const given = vendorSettings(operation, operation === 'RecognizeRegions' ? { regions } : {});
    const { resultType, ...table } = given;
    const settings = operation === 'RecognizeTable' ? table : given;
    const lowerCase = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]),
    );

    expect(vendorSettings(operation, parseImageSettings(operation, lowerCase))).toEqual(given);
  });

  it('refuse a setting that is given twice', () => {
    expect(() => normalizeSettings({ Rotate: 0, rotate: 90 })).toThrow(
      'settings.rotate: got two values; allowed: one value',
    );
  });
});

describe('settings given as text', () => {
  it('are read as truth values, whole numbers, regions or text', () => {
    expect(
      settingsFromText({
        makeskewcorrect: 'true',
        makeBinarization: 'false',
        rotate: '-90',
        language: 'German',
        dsrMode: '1.5',
        makeUpsampling: 'True',
      }),
    ).toEqual({
      makeskewcorrect: true,
      makeBinarization: false,
      rotate: -90,
      language: 'German',
      dsrMode: '1.5',
      makeUpsampling: 'True',
    });
  });

  it.each([
    ['0,0,10,20', regions],
    [
      '0,0,10,20; 1,2,3,4',
      [...regions, { rect: { topLeftX: 1, topLeftY: 2, bottomRightX: 3, bottomRightY: 4 } }],
    ],
    [JSON.stringify([{ rect, order: 3 }]), [{ rect, order: 3 }]],
    ['0,0,10', '0,0,10'],
    ['0,0,10,20;', '0,0,10,20;'],
    ['', ''],
  ])('have the regions %j', (text, expected) => {
    expect(settingsFromText({ Regions: text })).toEqual({ Regions: expected });
  });
});

describe('the settings that Aspose receives', () => {
  it('are all explicit, in its names', () => {
    expect(vendorSettings('RecognizeImage', { rotate: 90 })).toEqual({
      language: 'English',
      resultType: 'Text',
      Rotate: 90,
      makeSkewCorrect: false,
      makeBinarization: false,
      makeSpellCheck: false,
      makeContrastCorrection: false,
      makeUpsampling: false,
      dsrMode: 'Regions',
      dsrConfidence: 'Default',
    });
  });

  it('replace the result type for tables', () => {
    expect(vendorSettings('RecognizeTable', { resultTypeTable: 'Csv' })).toMatchObject({
      resultType: 'Text',
      resultTypeTable: 'Csv',
    });
  });

  it('number the regions by their position, unless they have an order', () => {
    const settings = { regions: [{ rect }, { rect, order: 9 }, { rect }] };

    expect(vendorSettings('RecognizeRegions', settings)).toMatchObject({
      regions: [
        { rect, order: 1 },
        { rect, order: 9 },
        { rect, order: 3 },
      ],
    });
  });

  it('of speech are the language and the result type', () => {
    expect(vendorSettings('ConvertTextToSpeechTrial', {})).toEqual({
      language: 'English',
      resultType: 'Wav',
    });
  });

  it.each(['BinarizeImage', 'DeskewImage', 'DewarpImage', 'UpscaleImage'] as const)(
    'are none for %s',
    (operation) => {
      expect(vendorSettings(operation, {})).toEqual({});
    },
  );
});
