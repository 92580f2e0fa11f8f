import type { BatchProgress } from './batch-progress.ts';
import { element } from './dom.ts';

/** Says how many items of a batch have ended. */
export function describeProgress({ total, ended }: BatchProgress): string {
  return total === undefined
    ? 'Listing the items'
    : `${ended.toLocaleString()} of ${total.toLocaleString()} items`;
}

/** Lists how many items have which outcome. */
export function describeCounts({ counts }: BatchProgress): string {
  return Object.entries(counts)
    .map(([outcome, count]) => `${count.toLocaleString()} ${outcome}`)
    .join(', ');
}

/** Draws the progress of a batch: one segment for each outcome. The text next to it says the same. */
export function createProgressBar({ total = 0, ended, counts }: BatchProgress): HTMLSpanElement {
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
