import { it } from 'vitest';
import { expectSoundBatches } from './batches-property.ts';
import { expectAcceptedStarts, expectSoundDoors } from './doors-property.ts';
import { expectSoundImages } from './images-property.ts';
import { expectSoundTasks } from './tasks-property.ts';

it('P1: two thousand random courses end soundly', () => expectSoundTasks(2000));

it('P2: three doors accept or refuse three thousand random inputs as documented', () =>
  expectSoundDoors(3000));

it('P2: executions accept the inputs of three thousand starts, whatever was collected before', () =>
  expectAcceptedStarts(3000));

it('P4: ten thousand random courses of images end soundly', () => expectSoundImages(10_000));

it('P5: two thousand random courses of batches end soundly', () => expectSoundBatches(2000));
