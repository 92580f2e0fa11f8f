import type { ItemProgress } from './batch-progress.ts';
import { element } from './dom.ts';

/** Says how many items of a batch have ended. */
export function describeProgress({ total, ended }: ItemProgress): string {
  return total === undefined
    ? 'Listing the items'
    : `${ended.toLocaleString()} of ${total.toLocaleString()} items`;
}

/** Lists how many items have which outcome. */
export function describeCounts({ counts }: ItemProgress): string {
  return Object.entries(counts)
    .map(([outcome, count]) => `${count.toLocaleString()} ${outcome}`)
    .join(', ');
}

/** Draws a segment for each outcome. The text next to it says the same. */
export function createProgressBar({ total = 0, ended, counts }: ItemProgress): HTMLSpanElement {
  const segments = Object.entries(counts).map(([outcome, count]) => segment(outcome, count));
  const bar = element(
    'span',
    { className: 'bar' },
    ...segments,
    segment('pending', Math.max(total - ended, 0)),
  );
  bar.ariaHidden = 'true';
  return bar;
}

function segment(className: string, count: number): HTMLSpanElement {
  const created = element('span', { className });
  created.style.flexGrow = String(count);
  return created;
}
