import { expect, it } from 'vitest';
import { continueCommand } from '../../../../local/cli/batch/continue-command.ts';

it.each([
  ['resume', 'a', undefined, 'npm start -- batch --resume a'],
  ['retry', 'a', 'out/a', 'npm start -- batch --retry a'],
  ['retry', 'a-r1', 'out/a', 'npm start -- batch --retry a-r1'],
  ['resume', 'a', 'documents', 'npm start -- batch --resume a --out documents'],
  ['resume', 'a', "it's mine", String.raw`npm start -- batch --resume a --out 'it'\''s mine'`],
] as const)('continues with --%s %s in %s', (option, batchId, out, command) => {
  expect(continueCommand(option, batchId, out)).toBe(command);
});
