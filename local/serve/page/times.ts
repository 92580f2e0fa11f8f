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

/** The seconds from one instant to another, with one decimal place. */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** Describes a duration with the precision that matters: `0.8 s`, `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function describeDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
