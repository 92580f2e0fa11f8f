import { z } from 'zod';
import type { Json } from './run-execution.ts';

/** One item of a Distributed Map, and its position from 0. */
export interface MapItem {
  readonly index: number;
  readonly value: Json;
}

/** The fields of an ItemSelector that the item fills, at any depth. */
type ItemFields = Readonly<Record<string, ItemField>>;
type ItemField = 'index' | 'value' | { readonly nested: ItemFields };

/** An ItemSelector in two parts. */
export interface ItemSelector {
  /** The template without the fields that the item fills. It is the same for all items. */
  readonly template: Readonly<Record<string, unknown>>;
  readonly itemFields: ItemFields;
}

const templateSchema = z.record(z.string(), z.unknown());
const objectSchema = z.record(z.string(), z.custom<Json>());

const ITEM_PATHS = { '$$.Map.Item.Index': 'index', '$$.Map.Item.Value': 'value' } as const;
const isItemPath = (path: unknown): path is keyof typeof ITEM_PATHS =>
  typeof path === 'string' && Object.hasOwn(ITEM_PATHS, path);

/**
 * Separates the fields that the item fills from the others, because the engine's context object has
 * no item. Paths into the item stay in the template, where they are refused.
 */
export function readItemSelector(given: Readonly<Record<string, unknown>>): ItemSelector {
  const template: Record<string, unknown> = {};
  const itemFields: Record<string, ItemField> = {};
  for (const [field, value] of Object.entries(given)) {
    const nested = templateSchema.safeParse(value);
    if (field.endsWith('.$') && isItemPath(value)) {
      itemFields[field.slice(0, -'.$'.length)] = ITEM_PATHS[value];
    } else if (nested.success) {
      const selector = readItemSelector(nested.data);
      template[field] = selector.template;
      itemFields[field] = { nested: selector.itemFields };
    } else {
      template[field] = value;
    }
  }
  return { template, itemFields };
}

/**
 * Returns the input of an item's child execution.
 *
 * @param evaluated the evaluated template
 */
export function selectItem(evaluated: Json, itemFields: ItemFields, item: MapItem): Json {
  const selected = { ...objectSchema.parse(evaluated) };
  for (const [field, part] of Object.entries(itemFields)) {
    selected[field] =
      typeof part === 'string' ? item[part] : selectItem(selected[field] ?? {}, part.nested, item);
  }
  return selected;
}
