import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { environmentSchema } from '../../../functions/contracts/environment.ts';
import { readEnvironment } from '../../../functions/handlers/environment.ts';

describe('the environment of a function', () => {
  it('is parsed into values of the right type', () => {
    const mask = {
      TASK_TABLE: true,
      ASPOSE_BASE_URL: true,
      POLLING: true,
      CANCEL_AT_VENDOR: true,
      MAX_ANSWER_BYTES: true,
    } as const;
    const variables = {
      TASK_TABLE: 'tasks',
      ASPOSE_BASE_URL: 'https://ocr.example.org/',
      POLLING: '{"preset":"frugal"}',
      CANCEL_AT_VENDOR: 'false',
      MAX_ANSWER_BYTES: '1024',
      PATH: '/bin',
    };

    expect(readEnvironment(z.pick(environmentSchema, mask), variables)).toEqual({
      TASK_TABLE: 'tasks',
      ASPOSE_BASE_URL: 'https://ocr.example.org',
      POLLING: { preset: 'frugal' },
      CANCEL_AT_VENDOR: false,
      MAX_ANSWER_BYTES: 1024,
    });
  });

  it.each([
    ['TASK_TABLE', undefined, 'TASK_TABLE: got nothing; allowed: a string'],
    ['TASK_TABLE', '', 'TASK_TABLE: got a string of 0 characters; allowed: a string that is not empty'],
    ['MAX_ANSWER_BYTES', undefined, 'MAX_ANSWER_BYTES: got nothing; allowed: a whole number above 0'],
    ['MAX_ANSWER_BYTES', 'lots', "MAX_ANSWER_BYTES: got 'lots'; allowed: a whole number above 0"],
    [
      'MAX_ANSWER_BYTES',
      '0',
      'MAX_ANSWER_BYTES: got a string of 1 character; allowed: a whole number above 0',
    ],
    [
      'ASPOSE_BASE_URL',
      'http://api.aspose.cloud',
      'ASPOSE_BASE_URL: got a string of 23 characters, with ":" at 5; allowed: an https URL, or http on the loopback interface, without credentials, query or fragment',
    ],
    ['CANCEL_AT_VENDOR', 'yes', "CANCEL_AT_VENDOR: got 'yes'; allowed: true or false"],
    ['POLLING', '{', 'POLLING: got a string of 1 character, with "{" at 1; allowed: valid JSON'],
    ['POLLING', '{"maxPolls":0}', 'POLLING.maxPolls: got 0; allowed: a whole number from 1 to 1600'],
  ] as const)('is rejected when %s is %s, with an error that names the variable', (name, value, message) => {
    const schema = z.object({ [name]: environmentSchema.shape[name] });

    expect(() => readEnvironment(schema, { [name]: value })).toThrow(
      expect.objectContaining({
        name: 'InvalidEnvironmentError',
        message: expect.stringContaining(message),
      }),
    );
  });
});
