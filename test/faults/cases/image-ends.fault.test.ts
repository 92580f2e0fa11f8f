import { describe, it } from 'vitest';
import { patchedAssembly } from '../../support/patched-assembly.ts';
import { pending } from '../../support/responses.ts';
import { faultyCourierForAll, startFaultyCourier } from '../layers/faulty-courier.ts';
import { expectSoundImageUnder } from './image-case.ts';
import { expectSweptOnce, STOPS } from './image-stops.ts';

describe('a stopped execution of an image', async () => {
  const courier = await faultyCourierForAll();

  it.each(STOPS)(
    'O13 O16: is closed by the sweep when it is stopped %s, and its status change is lost',
    (...stop) => expectSweptOnce(courier, stop),
  );
});

describe('an execution of an image that fails', async () => {
  const courier = await faultyCourierForAll();
  courier.loseStatusChanges(() => true);

  it('O16: refuses the image with InternalError when the state gives up before there is a task', () =>
    expectSoundImageUnder(courier, {
      aws: [
        {
          ...{ service: 's3', operation: 'GetObject', about: '.png', times: 28 },
          fault: { kind: 'error', status: 503, code: 'SlowDown' },
        },
      ],
      expected: { end: 'InternalError', posts: 0 },
    }));

  it('O6: ends the image and its task as failed when the execution times out', async () => {
    await using hasty = await startFaultyCourier({
      assemblyDirectory: await patchedAssembly((template) =>
        template.replaceAll(/\\"TimeoutSeconds\\":(\d{6})/g, '\\"TimeoutSeconds\\":300'),
      ),
    });

    await expectSoundImageUnder(hasty, {
      uploads: [{ accept: { fetches: [pending] } }],
      expected: { end: 'Failed', posts: 1 },
    });
  });
});
