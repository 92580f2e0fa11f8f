import { expect, it } from 'vitest';
import { textReport } from '../../../local/cli/report.ts';
import { aTerminalRecord, START } from '../../support/builders.ts';
import { newDirectory } from '../../support/run-command.ts';

const execution = {
  executionArn: 'arn',
  stateMachineArn: 'arn',
  name: 'whale',
  status: 'SUCCEEDED' as const,
  startDate: new Date(START),
  stopDate: new Date(START + 2500),
  input: {},
  history: [],
};
const pdf = {
  index: 0,
  type: 'Pdf',
  contentType: 'application/pdf',
  key: 'results/0.pdf',
  path: '0.pdf',
  bytes: 9,
  sha256: null,
};

it('ends with what a terminal is to show last: outcome, documents, and where they are', async () => {
  const directory = await newDirectory();
  const task = { event: undefined, record: aTerminalRecord(), execution, documents: [pdf] };

  expect(await textReport(task, directory, directory)).toMatch(
    /^Task record: (?:.*\n)*\nCompleted after 2\.5 s and 3 polls\.\n\n\[0\] Pdf · 0\.pdf · 9 bytes\n\nWritten to \.\/, with manifest\.json beside the documents\.$/,
  );
});

it("says with an outcome what Aspose said of it, and lets nothing foreign at the terminal's controls", async () => {
  const record = aTerminalRecord({
    outcome: 'Failed',
    reason: 'RecognitionError',
    messages: ['no \u001b[2Jwhale'],
    warnings: ['calm sea'],
  });

  const report = await textReport({ event: undefined, record, execution, documents: [] }, '/out', '/');

  expect(report).toMatch(
    /\nFailed \(RecognitionError\) after 2\.5 s and 3 polls\.\n {4}no ·\[2Jwhale\n {4}calm sea$/,
  );
});
