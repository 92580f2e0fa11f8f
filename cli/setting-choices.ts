import * as z from 'zod/mini';
import { imageSettingsSchema } from '../functions/contracts/image-settings.ts';
import type { OperationName } from '../functions/contracts/operations.ts';

/** A setting of an operation, and its values. */
export const settingChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flag'), name: z.string() }),
  z.object({ kind: z.literal('number'), name: z.string(), minimum: z.number(), maximum: z.number() }),
  z.object({ kind: z.literal('choice'), name: z.string(), values: z.array(z.string()) }),
]);
export type SettingChoice = z.output<typeof settingChoiceSchema>;

const objectSchema = z.object({ properties: z.record(z.string(), z.unknown()) });
const flagSchema = z.object({ type: z.literal('boolean') });
const numberSchema = z.object({ type: z.literal('integer'), minimum: z.number(), maximum: z.number() });
const enumSchema = z.object({ enum: z.array(z.string()) });

/** Lists the settings that an operation takes, except `regions`, which are no single value. */
export function settingChoices(operation: OperationName): readonly SettingChoice[] {
  const { properties } = z.parse(objectSchema, z.toJSONSchema(imageSettingsSchema(operation)));
  return Object.entries(properties).flatMap(([name, schema]): SettingChoice[] => {
    if (z.safeParse(flagSchema, schema).success) return [{ kind: 'flag', name }];
    const range = z.safeParse(numberSchema, schema).data;
    if (range !== undefined)
      return [{ kind: 'number', name, minimum: range.minimum, maximum: range.maximum }];
    const values = z.safeParse(enumSchema, schema).data?.enum;
    return values === undefined ? [] : [{ kind: 'choice', name, values }];
  });
}
