import { expect, it } from 'vitest';
import { continueCommand } from '../../../cli/batch/continue-command.ts';

it.each([
  ['resume', 'a', {}, 'npm start -- batch --resume a'],
  ['retry', 'a', { out: 'out/a' }, 'npm start -- batch --retry a'],
  ['retry', 'a-r1', { out: 'out/a' }, 'npm start -- batch --retry a-r1'],
  ['resume', 'a', { out: 'documents' }, 'npm start -- batch --resume a --out documents'],
  ['resume', 'a', { out: "it's mine" }, String.raw`npm start -- batch --resume a --out 'it'\''s mine'`],
  [
    'resume',
    'a',
    { csv: 'my table.csv', json: true },
    "npm start --silent -- batch --resume a --csv 'my table.csv' --json",
  ],
] as const)('continues with --%s %s and %j', (option, batchId, options, command) => {
  expect(continueCommand(option, batchId, options)).toBe(command);
});
