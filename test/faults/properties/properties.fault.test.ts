import { it } from 'vitest';
import { expectSoundDoors } from './doors-property.ts';
import { expectSoundTasks } from './task-property.ts';

it('P1: two thousand courses of a task end soundly', () => expectSoundTasks(2000));

it('P2: three thousand inputs at three doors are accepted or refused as documented', () =>
  expectSoundDoors(3000));
