import { it } from 'vitest';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { expectSoundImageUnder } from './image-case.ts';
import { IMAGE_FAULTS } from './image-faults.ts';

const courier = await faultyCourierForAll();

it.each(IMAGE_FAULTS)('$row: an image ends as $expected.end after this fault: $when', (fault) =>
  expectSoundImageUnder(courier, fault),
);
