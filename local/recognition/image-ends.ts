import * as z from 'zod/mini';
import { type ImageRefusedDetail, imageRefusedDetailSchema } from '../../functions/contracts/image-event.ts';
import {
  EVENT_SOURCE,
  type TaskEventDetail,
  taskEventDetailSchema,
} from '../../functions/contracts/task-event.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';

const imageEndSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  detail: z.union([taskEventDetailSchema, imageRefusedDetailSchema]),
});

/** The end of an image: the event of its last task, or `OCR Image Refused`. */
export interface ImageEnd {
  readonly event: EventBridgeEvent;
  readonly detail: TaskEventDetail | ImageRefusedDetail;
}

/** The ends of images. */
export interface ImageEnds {
  /** Resolves once the image has ended, even if it ended before this call. Call it once. */
  endOf(imageId: string): Promise<ImageEnd>;
}

/** Follows the images of a stack from now on. */
export function followImages(stack: Pick<EmbeddedStack, 'onEvent'>): ImageEnds {
  const ends = new Map<string, PromiseWithResolvers<ImageEnd>>();
  function find(imageId: string): PromiseWithResolvers<ImageEnd> {
    const end = ends.get(imageId) ?? Promise.withResolvers<ImageEnd>();
    ends.set(imageId, end);
    return end;
  }
  stack.onEvent((event) => {
    const detail = z.safeParse(imageEndSchema, event).data?.detail;
    if (detail?.imageId !== undefined) find(detail.imageId).resolve({ event, detail });
  });
  return {
    async endOf(imageId) {
      const end = await find(imageId).promise;
      ends.delete(imageId);
      return end;
    },
  };
}
