import { OPERATION_NAMES, type OperationName } from '../functions/contracts/operations.ts';
import { type SettingChoice, settingChoices } from './setting-choices.ts';

/** Settings with an option of their own. */
const OWN_OPTIONS = ['language', 'resultType', 'resultTypeTable'];

/** Describes the settings of all operations, for a help text. */
export function describeSettings(): string {
  const rows = settingsOf('RecognizeImage').map(
    (setting) => `  ${setting.name.padEnd(23)}${valuesOf(setting)}`,
  );
  const without = OPERATION_NAMES.filter((name) => settingsOf(name).length === 0);
  return `Settings (see docs/use/recognize.md):\n${rows.join('\n')}\n  not for ${without.join(', ')}`;
}

function settingsOf(operation: OperationName): readonly SettingChoice[] {
  return settingChoices(operation).filter(({ name }) => !OWN_OPTIONS.includes(name));
}

function valuesOf(setting: SettingChoice): string {
  if (setting.kind === 'flag') return 'true, false';
  return setting.kind === 'number' ? `${setting.minimum} to ${setting.maximum}` : setting.values.join(', ');
}
