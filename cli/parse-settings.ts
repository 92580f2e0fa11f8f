import { InvalidInput } from '../functions/core/invalid-input.ts';

/**
 * Reads options `--setting name=value`.
 *
 * @throws InvalidInput naming the option
 */
export function parseSettings(settings: readonly string[]): Record<string, string> {
  const texts = new Map<string, string>();
  for (const setting of settings) {
    const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || value === undefined) {
      throw new InvalidInput('setting', `'${setting}'`, 'name=value, such as makeSkewCorrect=true');
    }
    if (texts.has(name)) throw new InvalidInput('setting', `${name} twice`, 'each setting once');
    texts.set(name, value);
  }
  return Object.fromEntries(texts);
}
