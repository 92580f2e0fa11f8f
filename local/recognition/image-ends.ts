import { z } from 'zod';
import { EVENT_SOURCE } from '../../functions/contracts/task-event.ts';
import type { EmbeddedStack } from '../embedded-aws/embedded-stack.ts';
import type { EventBridgeEvent } from '../embedded-aws/event-bus.ts';

const imageEventSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  detail: z.object({ imageId: z.string() }),
});

/** The events that end images: of their tasks, or `OCR Image Refused`. */
export interface ImageEnds {
  /** Resolves with the event, even if it was published before this call. */
  endOf(imageId: string): Promise<EventBridgeEvent>;
}

/** Follows the images of a stack from now on. */
export function followImages(stack: Pick<EmbeddedStack, 'onEvent'>): ImageEnds {
  const ends = new Map<string, PromiseWithResolvers<EventBridgeEvent>>();
  const endOf = (imageId: string) => {
    const end = ends.get(imageId) ?? Promise.withResolvers<EventBridgeEvent>();
    ends.set(imageId, end);
    return end;
  };
  stack.onEvent((event) => {
    const parsed = imageEventSchema.safeParse(event);
    if (parsed.success) endOf(parsed.data.detail.imageId).resolve(event);
  });
  return { endOf: (imageId) => endOf(imageId).promise };
}
