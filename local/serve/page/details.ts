import { byId } from './dom.ts';
import { NO_ROUTE, parseRoute, type Route } from './route.ts';

/** The task or batch that is shown in detail. The address of the page names it. */
export interface Details {
  current(): Route;
  open(href: string): void;
}

/**
 * Follows the address. What is opened gets the focus, and with it comes into view.
 *
 * @param onChange shows the new route. The first one is shown with everything else
 * @param onClosed moves the focus back to where the closed one was opened
 */
export function createDetails(onChange: () => void, onClosed: (closed: Route) => void): Details {
  const taskSection = byId('task-section', HTMLElement);
  const batchSection = byId('batch-section', HTMLElement);
  const headings = {
    task: byId('task-heading', HTMLHeadingElement),
    batch: byId('batch-heading', HTMLHeadingElement),
  };
  let route: Route = { kind: 'none' };

  function follow(): void {
    route = parseRoute(location.hash);
    taskSection.hidden = route.kind !== 'task';
    batchSection.hidden = route.kind !== 'batch';
    // On a narrow page, nothing else is shown.
    document.body.classList.toggle('has-details', route.kind !== 'none');
    if (route.kind !== 'none') headings[route.kind].focus();
  }
  addEventListener('hashchange', () => {
    const before = route;
    follow();
    onChange();
    if (route.kind === 'none') onClosed(before);
  });
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a.close')) link.href = NO_ROUTE;
  follow();

  return {
    current: () => route,
    open(href) {
      location.hash = href;
    },
  };
}
