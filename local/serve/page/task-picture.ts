import type { SearchHit } from '../page-contract.ts';
import { byId, showContent } from './dom.ts';

const figure = byId('picture-figure', HTMLElement);
const image = byId('task-picture', HTMLImageElement);
const frame = byId('task-picture-frame', HTMLDivElement);
const caption = byId('matched-words', HTMLElement);

/** The overload of `createElementNS` for this namespace returns an SVGElement. */
const SVG = 'http://www.w3.org/2000/svg';

let shownTaskId: string | undefined;
let shownHit: SearchHit | undefined;

image.addEventListener('load', () => {
  frame.hidden = false;
  highlight();
});
// The image may have been deleted or replaced.
image.addEventListener('error', () => {
  frame.hidden = true;
});

/**
 * Shows the picture of a task, if there is one.
 *
 * @param hit its words are highlighted
 */
export function showPicture(
  { taskId, hasPicture }: { readonly taskId: string; readonly hasPicture: boolean },
  hit: SearchHit | undefined,
): void {
  shownHit = hit;
  figure.hidden = !hasPicture && hit === undefined;
  figure.classList.toggle('has-words', hit !== undefined);
  if (taskId !== shownTaskId) {
    shownTaskId = taskId;
    frame.hidden = true;
    if (hasPicture) image.src = `/local/tasks/${taskId}/image`;
  }
  describeWords(hasPicture);
  highlight();
}

/** Lists the words in text, too, for people who cannot see the picture. */
function describeWords(hasPicture: boolean): void {
  caption.hidden = shownHit === undefined;
  const words = new Set(
    shownHit?.words.map(({ text, page }) => {
      const word = text.replaceAll(OUTER_PUNCTUATION, '');
      return hasPicture ? word : `${word} (page ${page})`;
    }),
  );
  showContent(caption, words.size === 0 ? NO_PLACES : `Found: ${[...words].join(', ')}`);
}

/** hOCR has the punctuation around a word, too. */
const OUTER_PUNCTUATION = /^\p{P}+|\p{P}+$/gu;

const NO_PLACES =
  'The places of the words are not known. To see them, recognize the file with a result type that has Hocr.';

/** Draws the words on the only page of a picture, in pixels of the recognized image. */
function highlight(): void {
  frame.querySelector('svg')?.remove();
  const words = shownHit?.words.filter(({ page }) => page === 1) ?? [];
  if (words.length === 0 || image.naturalWidth === 0) return;
  const { width = image.naturalWidth, height = image.naturalHeight } =
    shownHit?.pages.find(({ number }) => number === 1) ?? {};
  const svg = createSvg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none' });
  svg.setAttribute('aria-hidden', 'true');
  for (const { x1, y1, x2, y2 } of words) {
    const margin = (y2 - y1) / 8;
    const box = { x: x1 - margin, y: y1 - margin, width: x2 - x1 + 2 * margin, height: y2 - y1 + 2 * margin };
    svg.append(createSvg('rect', { ...box, rx: margin }));
  }
  frame.append(svg);
}

function createSvg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const created = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  return created;
}
