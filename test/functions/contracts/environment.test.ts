import { expect, it } from 'vitest';
import { ENV, MissingEnvironmentError, readEnv } from '../../../functions/contracts/environment.ts';

it('a variable is read by the name that the infrastructure sets', () => {
  expect(readEnv({ TASK_TABLE: 'tasks' }, ENV.taskTable)).toBe('tasks');
});

it.each([{}, { TASK_TABLE: undefined }, { TASK_TABLE: '' }])(
  'a variable that is not there is named: %j',
  (environment) => {
    expect(() => readEnv(environment, ENV.taskTable)).toThrow(
      new MissingEnvironmentError('TASK_TABLE is not set'),
    );
  },
);
