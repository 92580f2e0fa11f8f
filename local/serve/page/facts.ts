import { element, showContent } from './dom.ts';

/** A name, and what is known about it. */
export type Fact = readonly [name: string, value: Node | string | undefined];

/** Lists facts. Those without a value are left out. */
export function showFacts(list: HTMLDListElement, facts: readonly Fact[]): void {
  showContent(
    list,
    ...facts.flatMap(([name, value = '']) =>
      value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)],
    ),
  );
}
