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

/** Replaces a text only if it differs, because screen readers announce each change. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
