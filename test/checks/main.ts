import { UsageError } from '../../cli/command-errors.ts';
import { checkAnalysis } from './analysis.ts';
import { checkApi } from './api.ts';
import { checkClient } from './client.ts';
import { checkEvents } from './events.ts';
import { checkOpenApi } from './openapi.ts';
import { checkPackage } from './package.ts';
import { CheckError } from './run-tool.ts';
import { checkTemplate } from './template.ts';

/**
 * `npm run checks [-- NAME...]`: checks the project's definitions with third-party tools.
 * `npm run checks -- analysis --write` also writes the results of the queries into the document.
 */

const [write, names] = [
  process.argv.includes('--write'),
  process.argv.slice(2).filter((arg) => arg !== '--write'),
];

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  template: checkTemplate,
  openapi: checkOpenApi,
  events: checkEvents,
  api: checkApi,
  package: checkPackage,
  client: checkClient,
  analysis: () => checkAnalysis({ write }),
};

const unknown = names.find((name) => !Object.hasOwn(CHECKS, name));
if (unknown !== undefined) {
  console.error(`checks: got ${unknown}; allowed: ${Object.keys(CHECKS).join(', ')}, or no name for all.`);
  process.exit(2);
}
for (const [name, check] of Object.entries(CHECKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`=== ${name}`);
  try {
    await check();
    console.log(`--- ${name}: passed`);
  } catch (error) {
    // Any other error is a bug in the check itself, and needs its stack trace.
    const isExpected = error instanceof CheckError || error instanceof UsageError;
    console.error(`--- ${name}: FAILED`, isExpected ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
