import type { OperationName } from '../../contracts/operations.ts';
import { imageIdOf } from '../image-identity.ts';
import { InvalidInput } from '../invalid-input.ts';
import type { ListedItem } from './batch-items.ts';
import { malformedItem } from './unusable-list.ts';

/**
 * Returns a function that tells whether an item repeats an earlier one. It throws UnusableListError
 * for a task that is listed with two operations.
 *
 * @param executionArn tells images without a version or an ETag from those of other batches
 */
export function createDuplicateCheck(executionArn: string): (listed: ListedItem) => Promise<boolean> {
  const tasks = new Map<string, OperationName>();
  const images = new Set<string>();
  return async ({ item, place }) => {
    if ('taskId' in item) {
      const known = tasks.get(item.taskId);
      if (known === undefined) tasks.set(item.taskId, item.operation);
      else if (known !== item.operation) {
        const allowed = `${known}, because an earlier item has this task with it`;
        throw malformedItem(place, new InvalidInput('operation', item.operation, allowed));
      }
      return known !== undefined;
    }
    const imageId = await imageIdOf(item, executionArn);
    const isKnown = images.has(imageId);
    images.add(imageId);
    return isKnown;
  };
}
