import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';

/** Returns parameters with which a failing `fc.assert` prints the command that repeats it. */
export function reproducible<T>(): fc.Parameters<T> {
  const { FC_PATH: path } = process.env;
  const { testPath = '', currentTestName = '' } = expect.getState();
  return {
    ...(path !== undefined && { path }),
    reporter(run) {
      if (!run.failed) return;
      const project = testPath.includes('.fault.') ? 'faults' : 'unit';
      const file = relative(process.cwd(), testPath);
      const command = `npx vitest run --project ${project} ${file} -t "${currentTestName}"`;
      const variables = `FC_SEED=${run.seed} FC_PATH=${run.counterexamplePath}`;
      const report = `${fc.defaultReportMessage(run)}\n\nReproduce it: ${variables} ${command}`;
      throw new Error(report, { cause: run.errorInstance });
    },
  };
}
