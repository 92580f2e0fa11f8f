import { it } from 'vitest';
import { expectSoundDoors } from './doors-property.ts';
import { expectSoundTasks } from './task-property.ts';

/** Few of each, at every change; `npm run test:faults` takes thousands. */

it('P1: whatever Aspose, the network and Lambda do, a task ends once, in time, with nothing but whole documents', () =>
  expectSoundTasks(100));

it('P2: any input at any door is accepted as documented, or refused with the name of its field', () =>
  expectSoundDoors(150));
