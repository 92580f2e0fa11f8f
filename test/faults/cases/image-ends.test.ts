import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import type { PutEventsResult } from '../../../local/embedded-aws/event-bus.ts';
import { openInbox, PNG } from '../../support/inbox.ts';
import { receive } from '../../support/queue.ts';
import { type FaultyCourier, faultyCourierForAll } from '../layers/faulty-courier.ts';
import { forgetAll } from './expect-sound.ts';
import { ACCEPTED, expectSoundEnd, expectSoundImageUnder, imageKey } from './image-case.ts';
import { expectSweptOnce, STOPS, stopAt, WHILE_POLLED } from './image-stops.ts';

const failedEntry: PutEventsResult = {
  FailedEntryCount: 1,
  Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'injected' }],
};

/** Refuses the first events of the courier. */
function refuseFirst(courier: FaultyCourier, times: number): void {
  let left = times;
  courier.refuseEvents((entries) => {
    if (left === 0 || !entries.some(({ Source }) => Source === 'ocr-courier')) return undefined;
    left -= 1;
    return failedEntry;
  });
}

describe('a stopped execution of an image', async () => {
  const courier = await faultyCourierForAll();

  it.each(STOPS)('O16: closes it once when it is stopped %s', async (_, uploads, parts, end) => {
    courier.loseStatusChanges(undefined);
    const { inbox, key } = await stopAt(courier, uploads, parts);

    await expectSoundEnd(courier, await inbox.settle(key), { end });
  });

  it('O13 O16: is closed by the sweep when its status change is lost', () =>
    expectSweptOnce(courier, WHILE_POLLED));
});

describe('an execution of an image that fails', async () => {
  const courier = await faultyCourierForAll();
  courier.loseStatusChanges(() => true);

  it('O4: publishes the outcome of its task when the bus refuses the event until then', async () => {
    refuseFirst(courier, 7);

    await expectSoundImageUnder(courier, { expected: { end: 'Completed' } });
  });

  it.each<[string, readonly ScriptedUpload[], string]>([
    ['the event of its task', [ACCEPTED], 'Completed'],
    ['its refusal', [{ httpStatus: 413 }], 'RefusedByVendor'],
  ])('O4 O13: leaves %s to the sweep when the bus refuses it', async (_, uploads, end) => {
    const inbox = openInbox(courier);
    forgetAll(courier);
    courier.simulator.scriptUploads(uploads);
    refuseFirst(courier, 7 + (end === 'Completed' ? 7 : 0));
    const key = imageKey();
    await inbox.put(key);
    await courier.stack.settled();
    expect(inbox.eventsOf(key)).toEqual([]);

    await courier.sweep();

    await expectSoundEnd(courier, await inbox.settle(key), { end });
  });
});

describe('an object that is announced', async () => {
  const courier = await faultyCourierForAll();
  const inbox = openInbox(courier);
  const { bucket } = inbox;

  /** Sends an event of S3 to the queue for starts, as the rule does. */
  async function announce(key: string, etag: string, time: string, reason = 'PutObject'): Promise<void> {
    const sqs = new SQSClient(courier.stack.clientConfig('sqs'));
    const queue = queueOfStarts(courier);
    const detail = { bucket: { name: bucket }, object: { key, etag }, reason };
    const event = { 'detail-type': 'Object Created', source: 'aws.s3', time, detail };
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(event) }));
  }

  /** The event that S3 published about an object. */
  function eventOf(key: string) {
    const event = courier.events.find(
      ({ source, detail }) => source === 'aws.s3' && Object(detail).object?.key === key,
    );
    const { etag } = Object(event?.detail).object;
    return { etag: String(etag), time: new Date(event?.time ?? '').toISOString() };
  }

  it('O14 S32: is recognized once when its event comes again, at once or after its end', async () => {
    forgetAll(courier);
    courier.simulator.scriptUploads([ACCEPTED]);
    const key = imageKey();
    await inbox.put(key);
    const { etag, time } = eventOf(key);
    await announce(key, etag, time, 'CompleteMultipartUpload');
    await courier.stack.settled();

    await announce(key, etag, time);
    await courier.stack.settled();

    await expectSoundEnd(courier, await inbox.settle(key), { end: 'Completed', posts: 1 });
  });

  it('O14: does nothing for the event of content that was replaced', async () => {
    forgetAll(courier);
    courier.simulator.scriptUploads([ACCEPTED]);
    const key = imageKey();
    await inbox.put(key);
    const old = eventOf(key);
    await courier.stack.settled();
    await inbox.put(key, Buffer.concat([PNG, PNG]));
    await courier.stack.settled();
    forgetAll(courier);

    await announce(key, old.etag, new Date(courier.clock.now()).toISOString());
    await courier.stack.settled();

    expect(inbox.uploads()).toBe(0);
    expect(inbox.eventsOf(key)).toEqual([]);
    expect(await receive(courier.stack, 'RefusedSubmissionsQueueUrl')).toEqual([]);
  });

  it('O18: is uploaded once when an execution starts by hand at the same time', async () => {
    forgetAll(courier);
    courier.simulator.scriptUploads([ACCEPTED]);
    const key = imageKey();
    const { RecognizeStateMachineArn: stateMachineArn = '' } = courier.stack.outputs;
    const begun = courier.logged(['"Started"']);
    await inbox.put(key);
    const { etag } = eventOf(key);
    await begun;
    const started = await courier.stack.startExecution({
      stateMachineArn,
      input: { source: { bucket, key, etag } },
    });

    const execution = await courier.stack.executionEnded(started.executionArn);

    expect(execution.status).toBe('SUCCEEDED');
    await expectSoundEnd(courier, await inbox.settle(key), { end: 'Completed', posts: 1 });
  });

  it('U7: stays in the queue while its refusal cannot be sent, and is refused once', async () => {
    forgetAll(courier);
    const struck = courier.aws.inject({
      ...{ service: 'sqs', operation: 'SendMessage', times: 8 },
      fault: { kind: 'error', status: 500, code: 'InternalFailure' },
    });

    await inbox.put('inbox/lost.png');
    await courier.stack.settled();

    expect(struck()).toBeGreaterThanOrEqual(4);
    const refused = await receive(courier.stack, 'RefusedSubmissionsQueueUrl');
    expect(refused).toHaveLength(1);
    expect(await receive(courier.stack, 'FailedStartsQueueUrl')).toEqual([]);
    courier.aws.heal();
  });
});

/** The URL of the queue for starts, which only an ARN names. */
function queueOfStarts({ stack }: FaultyCourier): string {
  const { FailedStartsQueueUrl = '', StartsQueueArn = '' } = stack.outputs;
  return FailedStartsQueueUrl.replace(/[^/]*$/, StartsQueueArn.replace(/^.*:/, ''));
}
