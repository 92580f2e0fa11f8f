import type { SettingChoice } from '../../../cli/setting-choices.ts';
import { byId, element } from './dom.ts';

const details = byId('settings', HTMLDetailsElement);
const box = byId('setting-fields', HTMLDivElement);

/** Fields for the settings of an operation. */
export interface SettingFields {
  /** Shows these fields. A field that stays keeps its value. */
  show(settings: readonly SettingChoice[]): void;
  /** Returns `name=value` for each setting that the user chose. */
  chosen(): readonly string[];
}

interface Field {
  readonly label: HTMLLabelElement;
  /** An empty text for the vendor's default. */
  value(): string;
}

export function createSettingFields(): SettingFields {
  const fields = new Map<string, Field>();
  let shown: readonly string[] = [];

  function fieldOf(setting: SettingChoice): Field {
    const field = fields.get(setting.name) ?? createField(setting);
    fields.set(setting.name, field);
    return field;
  }

  return {
    show(settings) {
      shown = settings.map(({ name }) => name);
      details.hidden = shown.length === 0;
      box.replaceChildren(...settings.map((setting) => fieldOf(setting).label));
    },
    chosen: () =>
      shown.flatMap((name) => {
        const value = fields.get(name)?.value() ?? '';
        return value === '' ? [] : [`${name}=${value}`];
      }),
  };
}

function createField(setting: SettingChoice): Field {
  const { name } = setting;
  if (setting.kind === 'flag') {
    const input = element('input', { type: 'checkbox' });
    const label = element('label', { className: 'flag' }, input, name);
    return { label, value: () => (input.checked ? 'true' : '') };
  }
  const input = setting.kind === 'number' ? createNumberInput(setting) : createSelect(setting);
  return { label: element('label', {}, name, input), value: () => input.value };
}

function createNumberInput({ minimum, maximum }: SettingChoice & { readonly kind: 'number' }) {
  const placeholder = `${minimum} to ${maximum}`;
  return element('input', { type: 'number', min: String(minimum), max: String(maximum), placeholder });
}

function createSelect({ values }: SettingChoice & { readonly kind: 'choice' }) {
  const options = values.map((value) => element('option', { value }, value));
  return element('select', {}, element('option', { value: '' }, 'default'), ...options);
}
