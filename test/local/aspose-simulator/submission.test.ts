import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../../local/aspose-simulator/submission.ts';

const parse = (settings: unknown, image: unknown = 'AAA=') =>
  readSubmission(JSON.stringify({ image, settings }));
const rect = { topLeftX: 0, topLeftY: 0, bottomRightX: 10, bottomRightY: 10 };

describe('a submission', () => {
  test.each([[undefined], [null], [{}], [{ language: null, rotate: null, regions: null }]])(
    'with the settings %j gets the defaults',
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

  test.each([[{ Rotate: 90 }], [{ rotate: 90 }]])('takes %j', (settings) => {
    expect(parse(settings).settings.rotate).toBe(90);
  });

  test('tolerates settings that are not known', () => {
    expect(parse({ makeCoffee: true }).settings).not.toHaveProperty('makeCoffee');
  });

  test.each([
    [{ resultType: 'Word' }, /^settings\.resultType: .*"Text".*"JSON", got "Word"\.$/],
    [{ makeSkewCorrect: 'yes' }, /^settings\.makeSkewCorrect: expected boolean, got "yes"\.$/],
    [{ Rotate: 1.5 }, /^settings\.rotate: .*int.*, got 1\.5\.$/],
    [{ rotate: 361 }, /^settings\.rotate: .*360, got 361\.$/],
    [{ dsrMode: 'Fast' }, /^settings\.dsrMode: /],
    [{ dsrConfidence: 'Utter' }, /^settings\.dsrConfidence: /],
    [{ resultTypeTable: 'Word' }, /^settings\.resultTypeTable: /],
    [{ language: 7 }, /^settings\.language: /],
    [{ regions: [{ rect }] }, /^settings\.regions\.0\.order: /],
    [{ regions: [{ rect: { ...rect, topLeftX: -1 }, order: 0 }] }, /^settings\.regions\.0\.rect\.topLeftX: /],
    [
      { regions: [{ rect: { ...rect, topLeftX: 10 }, order: 0 }] },
      /^settings\.regions\.0\.rect: the top left corner/,
    ],
    ['all of them', /^settings: /],
    [[], /^settings: /],
  ])('with the settings %j is refused, the field named', (settings, message) => {
    expect(() => parse(settings)).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(message) }),
    );
  });

  test.each([['AAA'], ['AA-_'], ['A AA='], [7], [null]])('with the image %j is refused', (image) => {
    expect(() => parse({}, image)).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(/^image: /) }),
    );
  });

  test.each([[''], ['{'], ['[]'], ['null']])('with the body %j is refused', (body) => {
    expect(() => readSubmission(body)).toThrow(
      expect.objectContaining({ httpStatus: 400, message: expect.stringMatching(/^body: /) }),
    );
  });

  test('is not repeated in the refusal when it is long', () => {
    const image = `${'A'.repeat(1000)}!`;

    expect(() => parse({}, image)).toThrow(/^image: expected base64, got string of 1003 characters\.$/);
  });
});
