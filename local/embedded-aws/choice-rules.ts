import { z } from 'zod';

/** AWS's wildcard in StringMatches is `*` alone; the engine would take these characters as patterns, too. */
const PATTERN_CHARACTERS = /[?[\]{}()!@+|\\]/;

const rule = z.record(z.string(), z.unknown());
type Rule = z.infer<typeof rule>;

/** Type tests that must hold for an operator to; the engine compares whatever JavaScript compares. */
const TYPE_TESTS = [
  [/^Numeric(Less|Greater)/, 'IsNumeric'],
  [/^String(Less|Greater|Matches)/, 'IsString'],
  [/^Timestamp/, 'IsTimestamp'],
] as const;

/**
 * Checks the rules of a Choice state, and rewrites those that the engine would judge otherwise than AWS.
 *
 * @param refuse throws, for a rule that cannot be rewritten
 */
export function readChoiceRules(rules: unknown, refuse: (why: string) => never): Rule[] {
  return z
    .array(rule)
    .parse(rules)
    .map((given) => readRule(given, refuse));
}

function readRule(given: Rule, refuse: (why: string) => never): Rule {
  const { And, Or, Not, Variable, Next, Comment: _, ...test } = given;
  if (And !== undefined) return { ...given, And: readChoiceRules(And, refuse) };
  if (Or !== undefined) return { ...given, Or: readChoiceRules(Or, refuse) };
  if (Not !== undefined) return { ...given, Not: readRule(rule.parse(Not), refuse) };

  const [[operator, operand] = [''], ...others] = Object.entries(test);
  if (others.length > 0) refuse(`one of its choices has several operators: ${Object.keys(test).join(', ')}`);
  if (operator === 'StringMatches' && PATTERN_CHARACTERS.test(String(operand))) {
    refuse(`StringMatches ${JSON.stringify(operand)} has more than the wildcard *`);
  }
  const next = Next === undefined ? {} : { Next };
  // The engine never holds `IsPresent: false` and its like to be true.
  if (operator.startsWith('Is') && operand === false) return { Not: { Variable, [operator]: true }, ...next };
  const typeTest = TYPE_TESTS.find(([operators]) => operators.test(operator))?.[1];
  if (typeTest === undefined) return given;
  return {
    And: [
      { Variable, [typeTest]: true },
      { Variable, [operator]: operand },
    ],
    ...next,
  };
}
