import { byId, element, showContent } from './dom.ts';

/** A list of links on the page, which shows the newest items, and more on request. */
export interface PagedList<T> {
  /** @param selected id of the item that is shown in detail */
  show(items: readonly T[], selected: string | undefined): void;
  /** Focuses the row of an item, if it is shown. */
  focus(id: string): void;
}

export interface PagedListOptions<T> {
  /** Id of the list. Its other elements have ids that begin with it. */
  readonly list: string;
  /** How many items are shown at first, and how many are added on request. */
  readonly step: number;
  idOf(item: T): string;
  hrefOf(item: T): string;
  describe(item: T): readonly Node[];
}

/** Rows keep their elements, so that the focus is not lost. */
export function createPagedList<T>({
  list: name,
  step,
  idOf,
  hrefOf,
  describe,
}: PagedListOptions<T>): PagedList<T> {
  const list = byId(name, HTMLUListElement);
  const more = byId(`${name}-more`, HTMLDivElement);
  const shownCount = byId(`${name}-shown`, HTMLSpanElement);
  const showMore = byId(`${name}-show-more`, HTMLButtonElement);
  const rows = new Map<string, { readonly row: HTMLLIElement; readonly link: HTMLAnchorElement }>();
  let latest: readonly T[] = [];
  let latestSelected: string | undefined;
  let wanted = step;

  showMore.addEventListener('click', () => {
    const { length } = list.children;
    wanted += step;
    show();
    list.children[length]?.querySelector('a')?.focus();
  });

  function createRow(item: T) {
    const link = element('a', { href: hrefOf(item) });
    return { row: element('li', {}, link), link };
  }

  function rowOf(item: T): HTMLLIElement {
    const id = idOf(item);
    const { row, link } = rows.get(id) ?? createRow(item);
    rows.set(id, { row, link });
    showContent(link, ...describe(item));
    if (id === latestSelected) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
    return row;
  }

  function show(): void {
    const items = latest.slice(0, wanted);
    more.hidden = items.length >= latest.length;
    shownCount.textContent = `${items.length} of ${latest.length}`;
    for (const [position, item] of items.entries()) {
      const row = rowOf(item);
      const current = list.children[position] ?? null;
      if (current !== row) list.insertBefore(row, current);
    }
    while (list.children.length > items.length) list.lastElementChild?.remove();
    // Otherwise the rows of all tasks that were ever shown would stay in memory.
    const shownIds = new Set(items.map(idOf));
    for (const id of rows.keys()) if (!shownIds.has(id)) rows.delete(id);
  }

  return {
    show(items, selected) {
      latest = items;
      latestSelected = selected;
      show();
    },
    focus: (id) => rows.get(id)?.link.focus(),
  };
}
