import { describe, expect, it } from 'vitest';
import { readSubmission } from '../../../local/aspose-simulator/submission.ts';

const parse = (settings: unknown, image: unknown = 'AAA=') =>
  readSubmission(JSON.stringify({ image, settings }));
const rect = { topLeftX: 0, topLeftY: 0, bottomRightX: 10, bottomRightY: 10 };

describe('a submission', () => {
  it.each([[undefined], [null], [{}], [{ language: null, rotate: null, regions: null }]])(
    'with the settings %j has the defaults',
    (settings) => {
      expect(parse(settings)).toEqual({
        image: Buffer.from([0, 0]),
        settings: {
          language: 'English',
          resultType: 'Text',
          rotate: 0,
          makeSkewCorrect: false,
          makeBinarization: false,
          makeContrastCorrection: false,
          makeUpsampling: false,
          makeSpellCheck: false,
          regions: [],
        },
      });
    },
  );

  it.each([[{ Rotate: 90 }], [{ rotate: 90 }]])('accepts %j', (settings) => {
    expect(parse(settings).settings.rotate).toBe(90);
  });

  it('ignores unknown settings', () => {
    expect(parse({ makeCoffee: true }).settings).not.toHaveProperty('makeCoffee');
  });

  it.each([
    [{ resultType: 'Word' }, /^settings\.resultType: got "Word"; allowed: Text, .*, JSON$/],
    [{ makeSkewCorrect: 'yes' }, /^settings\.makeSkewCorrect: got "yes"; allowed: boolean$/],
    [{ Rotate: 1.5 }, /^settings\.rotate: got 1\.5; allowed: int$/],
    [{ rotate: 361 }, /^settings\.rotate: got 361; allowed: at most 360$/],
    [{ dsrMode: 'Fast' }, /^settings\.dsrMode: /],
    [{ dsrConfidence: 'Utter' }, /^settings\.dsrConfidence: /],
    [{ resultTypeTable: 'Word' }, /^settings\.resultTypeTable: /],
    [{ language: 7 }, /^settings\.language: /],
    [{ regions: [{ rect }] }, /^settings\.regions\.0\.order: /],
    [{ regions: [{ rect: { ...rect, topLeftX: -1 }, order: 0 }] }, /^settings\.regions\.0\.rect\.topLeftX: /],
    [
      { regions: [{ rect: { ...rect, topLeftX: 10 }, order: 0 }] },
      /^settings\.regions\.0\.rect: got .*; allowed: a top left corner/,
    ],
    ['all', /^settings: /],
    [[], /^settings: /],
  ])('is rejected with the settings %j, and the error names the field', (settings, message) => {
    expect(() => parse(settings)).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(message) }),
    );
  });

  it.each([['AAA'], ['AA-_'], ['A AA='], ['AB=='], ['AA==AAAA'], ['===='], [7], [null]])(
    'with the image %j is rejected',
    (image) => {
      expect(() => parse({}, image)).toThrow(
        expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(/^image: /) }),
      );
    },
  );

  it.each([[''], ['{'], ['[]'], ['null']])('with the body %j is rejected', (body) => {
    expect(() => readSubmission(body)).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(/^body: /) }),
    );
  });

  it('is not repeated in the error when it is long', () => {
    const image = `${'A'.repeat(1000)}!`;

    expect(() => parse({}, image)).toThrow(/^image: got string of 1003 characters; allowed: base64$/);
  });
});
