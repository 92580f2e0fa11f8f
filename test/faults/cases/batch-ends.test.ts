import { it } from 'vitest';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { expectSoundBatchUnder } from './batch-case.ts';
import {
  expectClosedOnceStopped,
  expectFailedWithoutChunks,
  expectOneCollection,
  expectOthersCollectedAfterDelete,
} from './batch-ends.ts';

const courier = await faultyCourierForAll();

it('B1: a batch ends soundly after a kill between its end and its event', () =>
  expectSoundBatchUnder(courier, {
    aws: [
      {
        ...{ service: 'events', operation: 'PutEvents', about: 'OCR Batch Completed' },
        fault: { kind: 'kill', moment: 'after' },
      },
    ],
    expected: { counts: { Completed: 3, Expired: 48 }, events: 2 },
  }));

it('B2: a batch whose execution is stopped ends as Cancelled', () =>
  expectClosedOnceStopped(courier, { isLost: false }));

it('B2: the sweep closes a stopped batch if its status change is lost', () =>
  expectClosedOnceStopped(courier, { isLost: true }));

it('B9: a batch whose list of chunks is deleted fails without results', () =>
  expectFailedWithoutChunks(courier));

it('B5: an execution joins a task that a batch collects', () =>
  expectOneCollection(courier, { startsFirst: 'batch' }));

it('B7: a batch collects its other tasks when one is cancelled', () =>
  expectOthersCollectedAfterDelete(courier));
