import { it } from 'vitest';
import { expectSoundBatches } from './batches-property.ts';
import { expectAcceptedStarts, expectSoundDoors } from './doors-property.ts';
import { expectSoundImages } from './images-property.ts';
import { expectSoundTasks } from './tasks-property.ts';

it('P1: a hundred random courses end soundly', () => expectSoundTasks(100));

it('P2: three doors accept or refuse 150 random inputs as documented', () => expectSoundDoors(150));

it('P2: executions accept the inputs of 150 starts, whatever was collected before', () =>
  expectAcceptedStarts(150));

it('P4: a hundred random courses of images end soundly', () => expectSoundImages(100));

it('P5: sixty random courses of batches end soundly', () => expectSoundBatches(60));
