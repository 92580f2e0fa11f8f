import { expect, it } from 'vitest';
import { openBatches } from '../../support/batches.ts';
import { faultyCourierForAll } from '../layers/faulty-courier.ts';
import { expectSoundBatch, expectSoundBatchUnder, planBatch } from './batch-case.ts';
import { BATCH_KILLS, isKilledCall } from './batch-kills.ts';

const courier = await faultyCourierForAll();

it.each(BATCH_KILLS)('$row: a batch ends soundly after a kill $when', (fault) =>
  expectSoundBatchUnder(courier, fault),
);

it('B1: the kills cover every call to AWS, except those about tokens and items that are too old', async () => {
  const planned = planBatch(courier);
  const settled = await openBatches(courier).collect(planned.batchId, planned.input);

  const others = courier.aws.carriedOut.filter(
    (call) => !isKilledCall(call) && !/-old-|token-trial|SecretId/.test(call.about),
  );

  expect(others).toEqual([]);
  await expectSoundBatch(courier, planned, settled);
});
