import type { Picture } from './picture.ts';
import { RequestError } from './request-problem.ts';
import type { Region } from './submission.ts';

/** Throws a `RequestError` (400) when there are no regions, or one reaches beyond the picture. */
export function checkRegions(regions: readonly Region[], { width, height }: Picture): void {
  if (regions.length === 0) {
    throw new RequestError(400, 'settings.regions: RecognizeRegions needs at least one region, got none.');
  }
  regions.forEach(({ rect }, index) => {
    if (rect.bottomRightX <= width && rect.bottomRightY <= height) return;
    throw new RequestError(
      400,
      `settings.regions.${index}: the bottom right corner must lie within the image of ${width} x ${height} pixels, got ${rect.bottomRightX}, ${rect.bottomRightY}.`,
    );
  });
}

/** Regions by their `order`, equal ones as they were sent. */
export function regionsInOrder(regions: readonly Region[]): readonly Region[] {
  return regions.toSorted((one, other) => one.order - other.order);
}
