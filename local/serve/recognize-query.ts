import type { RecognizeOptions } from '../../cli/plan-recognition.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';

const SINGLE = ['fileName', 'operation', 'resultType', 'language'];
const REPEATABLE = ['region', 'setting'];

/**
 * Reads the options of `recognize` from a query.
 *
 * @throws InvalidInput naming the parameter
 */
export function parseRecognizeQuery(query: URLSearchParams): {
  readonly fileName: string;
  readonly options: RecognizeOptions;
} {
  const known = [...SINGLE, ...REPEATABLE];
  for (const name of new Set(query.keys())) {
    if (!known.includes(name)) throw new InvalidInput('query', `'${name.slice(0, 64)}'`, known.join(', '));
    const count = query.getAll(name).length;
    if (count > 1 && SINGLE.includes(name)) throw new InvalidInput(name, `${count} values`, 'one value');
  }
  const value = (name: string) => query.get(name) ?? undefined;
  return {
    fileName: value('fileName') ?? 'file',
    options: {
      operation: value('operation'),
      resultType: value('resultType'),
      language: value('language'),
      region: query.getAll('region'),
      setting: query.getAll('setting'),
    },
  };
}
