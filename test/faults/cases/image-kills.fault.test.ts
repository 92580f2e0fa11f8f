import { it } from 'vitest';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { expectSoundImageUnder } from './image-case.ts';
import { IMAGE_KILLS, REUPLOAD_KILLS } from './image-kills.ts';

const courier = await faultyCourierForAll();

it.each([...IMAGE_KILLS, ...REUPLOAD_KILLS])('$row: an image ends once after a kill $when', (fault) =>
  expectSoundImageUnder(courier, fault),
);
