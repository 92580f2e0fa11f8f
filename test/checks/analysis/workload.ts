import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ScriptedResponse } from '../../../local/aspose-simulator/scripted-responses.ts';
import { lostAfter, type ScriptedUpload } from '../../../local/aspose-simulator/scripted-uploads.ts';
import type { EventBridgeEvent } from '../../../local/embedded-aws/event-bus.ts';
import { openBatches } from '../../support/batches.ts';
import type { TestCourier } from '../../support/courier.ts';
import { openInbox, PNG } from '../../support/inbox.ts';
import { completed, notExist, pending } from '../../support/responses.ts';

/** A text that every document has, and that no line may have. */
export const DOCUMENT_TEXT = 'canary-document';

/** The ends of one day: 250. */
const PER_DAY = { batch: 220, single: 8, stopped: 2, images: 20 } as const;
const DAYS = 4;
export const ENDS = DAYS * Object.values(PER_DAY).reduce((sum, count) => sum + count, 0);

const OPERATIONS = ['RecognizeImage', 'RecognizeReceipt', 'RecognizeTable'] as const;
const MILLISECONDS_BETWEEN_DAYS = 20 * 3_600_000;
/** Every so many events are delivered twice. */
const REPEATED = 40;

/** Runs tasks and images that end in all ways, over several days of virtual time. */
export async function runWorkload(courier: TestCourier): Promise<void> {
  for (let day = 0; day < DAYS; day += 1) {
    if (day > 0) await courier.clock.sleep(MILLISECONDS_BETWEEN_DAYS);
    await runBatch(courier, day);
    await runSingleTasks(courier);
    await stopTasks(courier);
    await runImages(courier, day);
  }
  await repeatEvents(courier);
}

/** The terminal events of tasks and images, in order. */
export function terminalEvents({ events }: TestCourier): EventBridgeEvent[] {
  return events.filter(
    (event) => event.source === 'ocr-courier' && event['detail-type'] !== 'OCR Batch Completed',
  );
}

/** Creates a task at Aspose, and returns the input that collects it. */
function createTask(courier: TestCourier, index: number): object {
  const operation = OPERATIONS[index % OPERATIONS.length];
  const waiting = Array.from({ length: index % 6 }, () => pending);
  const documents = Array.from({ length: 1 + (index % 3) }, (_, page) => `${DOCUMENT_TEXT} ${page}`);
  const collect = (...last: readonly ScriptedResponse[]) => ({
    taskId: courier.createTask(...waiting, ...last),
    operation,
  });
  switch (index % 20) {
    case 14:
      return collect({
        taskStatus: 'Error',
        error: { messages: ['The image could not be read.'], warnings: null },
      });
    case 15:
      return { taskId: courier.createTask(notExist), operation };
    case 16:
      return collect(pending, notExist);
    case 17:
      return collect(completed());
    case 18:
      return collect({ httpStatus: 500 }, { httpStatus: 500 }, completed(...documents));
    case 19:
      return { ...collect(pending), polling: { maxPolls: 5 } };
    default:
      return collect(completed(...documents));
  }
}

async function runBatch(courier: TestCourier, day: number): Promise<void> {
  const tasks = Array.from({ length: PER_DAY.batch }, (_, index) => createTask(courier, index));
  const { record } = await openBatches(courier).collect(`day-${day}`, { tasks });
  if (record?.status !== 'Completed') throw new Error(`batch: got ${record?.status}; allowed: Completed`);
}

async function runSingleTasks(courier: TestCourier): Promise<void> {
  for (let index = 0; index < PER_DAY.single; index += 1) {
    const submittedAt = new Date(courier.clock.now() - 1000 * (index % 5)).toISOString();
    await courier.start({ ...createTask(courier, index), submittedAt });
  }
  await courier.stack.settled();
}

async function stopTasks(courier: TestCourier): Promise<void> {
  for (let index = 0; index < PER_DAY.stopped; index += 1) {
    const taskId = courier.createTask(pending);
    const polled = courier.polled(taskId);
    const { executionArn } = await courier.start({ taskId, operation: 'RecognizeImage' });
    await polled;
    await courier.stack.stopExecution(executionArn);
  }
  await courier.stack.settled();
}

/** Uploads images to folders of the inbox. Some are refused, and Aspose loses some. */
async function runImages(courier: TestCourier, day: number): Promise<void> {
  const inbox = openInbox(courier);
  const accepted: ScriptedUpload = { accept: { fetches: [pending, completed(DOCUMENT_TEXT)] } };
  courier.simulator.scriptUploads(
    Array.from({ length: 2 * PER_DAY.images }, (_, index): ScriptedUpload => {
      if (index % 10 === 3) return { accept: { fetches: lostAfter(1) } };
      if (index % 15 === 4) return { httpStatus: 502 };
      if (index % 12 === 5) return { httpStatus: 400, body: 'The image is not supported.' };
      return accepted;
    }),
  );
  for (let index = 0; index < PER_DAY.images; index += 1) {
    const operation = OPERATIONS[index % 2];
    const folder = ['', 'invoices/', 'invoices/2026/', 'letters/'][index % 4];
    const isText = index % 10 === 9;
    await inbox.put(
      `inbox/${operation}/${folder}${day}-${index}.png`,
      isText ? 'no image' : Buffer.concat([PNG, Buffer.from([day, index])]),
    );
  }
  await courier.stack.settled();
}

/** Publishes some events again, because EventBridge delivers each at least once. */
async function repeatEvents(courier: TestCourier): Promise<void> {
  const client = new EventBridgeClient(courier.stack.clientConfig('events'));
  const repeated = terminalEvents(courier).filter((_, index) => index % REPEATED === 0);
  for (const { source, detail, ...event } of repeated) {
    const entry = {
      Source: source,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(detail),
      EventBusName: courier.stack.outputs['EventBusName'],
    };
    await client.send(new PutEventsCommand({ Entries: [entry] }));
  }
  await courier.stack.settled();
}
