import { z } from 'zod';

/** Characters that the engine treats as patterns in StringMatches. AWS knows only `*`. */
const PATTERN_CHARACTERS = /[?[\]{}()!@+|\\]/;

const rule = z.record(z.string(), z.unknown());
type Rule = z.infer<typeof rule>;

/** The types that operators require on AWS. The engine compares any JavaScript values. */
const TYPE_TESTS = [
  [/^Numeric(Less|Greater)/, 'IsNumeric'],
  [/^String(Less|Greater|Matches)/, 'IsString'],
  [/^Timestamp/, 'IsTimestamp'],
] as const;

/**
 * Checks the rules of a Choice state. Rewrites those that the engine evaluates differently.
 *
 * @param refuse throws for a rule that cannot be rewritten
 */
export function readChoiceRules(rules: unknown, refuse: (reason: string) => never): Rule[] {
  return z
    .array(rule)
    .parse(rules)
    .map((given) => readRule(given, refuse));
}

function readRule(given: Rule, refuse: (reason: string) => never): Rule {
  const { And, Or, Not, Variable, Next, Comment: _, ...test } = given;
  if (And !== undefined) return { ...given, And: readChoiceRules(And, refuse) };
  if (Or !== undefined) return { ...given, Or: readChoiceRules(Or, refuse) };
  if (Not !== undefined) return { ...given, Not: readRule(rule.parse(Not), refuse) };

  const [[operator, operand] = [''], ...others] = Object.entries(test);
  if (others.length > 0)
    refuse(`Choices: got the operators ${Object.keys(test).join(', ')} in one rule; allowed: one`);
  if (operator === 'StringMatches' && PATTERN_CHARACTERS.test(String(operand))) {
    refuse(`StringMatches: got ${JSON.stringify(operand)}; allowed: no wildcard except *`);
  }
  const next = Next === undefined ? {} : { Next };
  // The engine always evaluates `IsPresent: false` and similar rules to false.
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
