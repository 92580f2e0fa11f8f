import type { OperationName } from '../../contracts/operations.ts';
import { imageIdOf } from '../image-identity.ts';
import { InvalidInput } from '../invalid-input.ts';
import type { ListedItem } from './batch-items.ts';
import { malformedItem } from './unusable-list.ts';

/**
 * Returns a function that tells whether an item repeats an earlier one. It throws UnusableListError
 * for a repeat with another operation or generation, because a batch has each item once.
 *
 * @param executionArn tells images without a version or an ETag from those of other batches
 */
export function createDuplicateCheck(executionArn: string): (listed: ListedItem) => Promise<boolean> {
  const operations = new Map<string, OperationName>();
  /** Only those that are not 1, because a list has up to a million items. */
  const generations = new Map<string, number>();
  return async (listed) => {
    const { item } = listed;
    const { operation, generation } = item;
    // No task id has a space.
    const id = 'taskId' in item ? item.taskId : `image ${await imageIdOf(item, executionArn)}`;
    const knownOperation = operations.get(id);
    if (knownOperation === undefined) {
      operations.set(id, operation);
      if (generation !== 1) generations.set(id, generation);
      return false;
    }
    refuseOther('operation', operation, knownOperation, listed);
    refuseOther('generation', generation, generations.get(id) ?? 1, listed);
    return true;
  };
}

function refuseOther<Value extends string | number>(
  field: string,
  got: Value,
  known: Value,
  { item, place }: ListedItem,
): void {
  if (got === known) return;
  const thing = 'taskId' in item ? 'task' : 'image';
  const allowed = `${known}, because an earlier item has this ${thing} with it`;
  throw malformedItem(place, new InvalidInput(field, String(got), allowed));
}
