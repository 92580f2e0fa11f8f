/**
 * Returns the element with an id.
 *
 * @throws TypeError when the page has none of that type
 */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`The page has no ${type.name} #${id}.`);
  return found;
}

/** Creates an element. Strings become text nodes, so untrusted text is never parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}

/** Creates an element for secondary text. */
export function quiet<K extends 'p' | 'span'>(name: K, ...content: readonly (Node | string)[]) {
  const created = element(name, {}, ...content);
  created.className = 'quiet';
  return created;
}

/** Creates the label of a status or an outcome, which has the color of its class. */
export function badge(status: string, text = status): HTMLSpanElement {
  return element('span', { className: `badge ${status}` }, text);
}

/**
 * Shows nodes in an element, unless it shows the same already. What is replaced loses the focus,
 * receives no click, and is announced by screen readers.
 */
export function showContent(target: Element, ...nodes: readonly (Node | string)[]): void {
  const content = element('div', {}, ...nodes);
  const shown = [...target.childNodes];
  const isSame =
    shown.length === content.childNodes.length &&
    shown.every((node, index) => node.isEqualNode(content.childNodes[index] ?? null));
  if (!isSame) target.replaceChildren(...content.childNodes);
}
