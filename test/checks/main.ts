import { checkApi } from './api.ts';
import { checkEvents } from './events.ts';
import { checkOpenApi } from './openapi.ts';
import { CheckFailed } from './run-tool.ts';
import { checkRuntime } from './runtime.ts';
import { checkTemplate } from './template.ts';

/** `npm run checks [-- NAME...]`: has the project's definitions judged by programs that others wrote. */

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  template: checkTemplate,
  openapi: checkOpenApi,
  events: checkEvents,
  api: checkApi,
  runtime: checkRuntime,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(CHECKS, name));
if (unknown !== undefined) {
  console.error(`checks: got ${unknown}; allowed: ${Object.keys(CHECKS).join(', ')}, or none for all.`);
  process.exit(2);
}
for (const [name, check] of Object.entries(CHECKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`=== ${name}`);
  try {
    await check();
    console.log(`--- ${name}: passed`);
  } catch (error) {
    // Everything else is a fault of the check itself, and its stack is of use.
    console.error(`--- ${name}: FAILED`, error instanceof CheckFailed ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
