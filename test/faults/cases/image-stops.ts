import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import { openInbox } from '../../support/inbox.ts';
import { pending } from '../../support/responses.ts';
import type { FaultyCourier } from '../layers/faulty-courier.ts';
import { forgetAll } from './expect-sound.ts';
import { ACCEPTED, expectSoundEnd, imageKey } from './image-case.ts';

/** Stops the execution of an image when a line is logged. @returns what became of the image */
export async function stopAt(
  courier: FaultyCourier,
  uploads: readonly ScriptedUpload[],
  parts: readonly string[],
) {
  const inbox = openInbox(courier);
  forgetAll(courier);
  courier.simulator.scriptUploads(uploads);
  const key = imageKey();
  const reached = courier.logged(parts);
  await inbox.put(key);
  await reached;
  const started = courier.events.findLast(
    ({ source, detail }) =>
      source === 'aws.states' && JSON.parse(String(Object(detail).input)).source?.key === key,
  );
  await courier.stack.stopExecution(String(Object(started?.detail).executionArn));
  await courier.stack.settled();
  return { key, inbox };
}

/** Where an execution of an image is stopped: name, uploads, the log line, accepted ends. */
export type ImageStop = readonly [string, readonly ScriptedUpload[], readonly string[], readonly string[]];

export const WHILE_POLLED: ImageStop = [
  'while its task is polled',
  [{ accept: { fetches: [pending] } }],
  ['"Polled"'],
  ['Cancelled'],
];

export const STOPS: readonly ImageStop[] = [
  ['before it is uploaded', [{ httpStatus: 503 }], ['"Uploaded"', 'NotAccepted'], ['Cancelled']],
  [
    'after an ambiguous upload',
    [{ httpStatus: 502 }],
    ['"Uploaded"', 'Unknown'],
    ['Cancelled', 'UploadUnknown'],
  ],
  [
    'between its upload and the first poll',
    [ACCEPTED],
    ['"Uploaded"', 'Accepted'],
    ['Cancelled', 'Completed'],
  ],
  WHILE_POLLED,
  [
    'while a lost task is replaced',
    [{ accept: { fetches: lostAfter(1) } }, { httpStatus: 503 }],
    ['"Uploaded"', 'NotAccepted'],
    ['Cancelled'],
  ],
  [
    'after its lost task was replaced',
    [{ accept: { fetches: lostAfter(1) } }, { accept: { fetches: [pending] } }],
    ['"Polled"', 'Pending', '"attempt":2'],
    ['Cancelled'],
  ],
];

/** Expects that the sweep closes a stopped image once if nothing reported that it was stopped. */
export async function expectSweptOnce(
  courier: FaultyCourier,
  [, uploads, parts, end]: ImageStop,
): Promise<void> {
  courier.loseStatusChanges(({ status }) => status === 'ABORTED');
  const { inbox, key } = await stopAt(courier, uploads, parts);

  await courier.sweep();
  await courier.sweep();

  await expectSoundEnd(courier, await inbox.settle(key), { end });
}
