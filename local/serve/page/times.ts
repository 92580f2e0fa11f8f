import { element } from './dom.ts';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Shows how long ago an instant was, with the instant itself as a tooltip. */
export function createTime(instant: string, now = Date.now()): HTMLTimeElement {
  return element(
    'time',
    { dateTime: instant, title: new Date(instant).toLocaleString() },
    describeAge((now - Date.parse(instant)) / 1000),
  );
}

function describeAge(seconds: number): string {
  const [unit, length] = UNITS.find(([, unitSeconds]) => seconds >= unitSeconds) ?? [];
  return unit === undefined ? 'just now' : relative.format(-Math.floor(seconds / length), unit);
}
