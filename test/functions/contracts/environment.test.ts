import { expect, it } from 'vitest';
import { ENV, MissingEnvironmentError, readEnv } from '../../../functions/contracts/environment.ts';

it('reads a variable by the name that the infrastructure sets', () => {
  expect(readEnv({ TASK_TABLE: 'tasks' }, ENV.taskTable)).toBe('tasks');
});

it.each([{}, { TASK_TABLE: undefined }, { TASK_TABLE: '' }])(
  'throws an error that names a missing variable: %j',
  (environment) => {
    expect(() => readEnv(environment, ENV.taskTable)).toThrow(
      new MissingEnvironmentError('TASK_TABLE is not set'),
    );
  },
);
