import * as z from 'zod/mini';
import {
  IMAGE_REFUSED_DETAIL_TYPE,
  imageRefusedDetailSchema,
} from '../../../functions/contracts/image-event.ts';
import { badge, byId, element, quiet } from './dom.ts';
import { fileNameOf } from './file-name.ts';

/** How many refusals are shown. They come from events: the API lists tasks, not images. */
const MAX_SHOWN = 5;

const box = byId('refused', HTMLDivElement);
const list = byId('refusals', HTMLUListElement);

const refusalSchema = z.object({
  'detail-type': z.literal(IMAGE_REFUSED_DETAIL_TYPE),
  detail: imageRefusedDetailSchema,
});

/** Shows the image of an event `OCR Image Refused` first. Ignores other events. */
export function showRefusal(event: unknown): void {
  const refusal = z.safeParse(refusalSchema, event).data?.detail;
  if (refusal === undefined) return;
  const { source, operation, reason, messages } = refusal;
  list.prepend(
    element(
      'li',
      { title: source.key },
      `${fileNameOf(source)}, ${operation} `,
      badge('Refused', `Refused, ${reason}`),
      quiet('p', messages.join(' ')),
    ),
  );
  while (list.children.length > MAX_SHOWN) list.lastElementChild?.remove();
  box.hidden = false;
}
