import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../local/aspose-simulator/token-endpoint.ts';
import { blocksIn, type CodeBlock, codeBlocks, PAGES } from '../../../scripts/documents/code-blocks.ts';
import { openReader, type Reader } from '../../../scripts/documents/reader.ts';
import { until } from '../../support/until.ts';
import { dynamoDb, s3, stepFunctions } from './aws-clients.ts';
import { executionEnd } from './execution-end.ts';
import { openSuiteVendor } from './suite-vendor.ts';

/**
 * Runs the commands of the documents against the stack on MiniStack. Runs after the suite, because
 * the last commands delete the stack.
 */

const DEPLOY = 'docs/operate/deploy.md';
const RUNBOOK = 'docs/operate/runbook.md';
const START = 'docs/use/start.md';
const EVENTS = 'docs/use/events.md';
const RECOGNIZE = 'docs/use/recognize.md';
const SUBMIT = 'docs/use/submit.md';
const BATCH = 'docs/use/batch.md';
const ANALYZE = 'docs/use/analyze.md';

const { outputs, vendor } = inject('deployment');
if (vendor.kind !== 'simulator') throw new Error('The commands of the documents need the simulator.');
const simulator = await openSuiteVendor(vendor);
afterAll(() => simulator[Symbol.asyncDispose]());

const ASPOSE = {
  ASPOSE_BASE_URL: `http://127.0.0.1:${vendor.port}`,
  ASPOSE_CLIENT_ID: LOCAL_CREDENTIALS.clientId,
  ASPOSE_CLIENT_SECRET: LOCAL_CREDENTIALS.clientSecret,
};
const environment = {
  ...process.env,
  ...ASPOSE,
  AWS_DEFAULT_REGION: process.env['AWS_REGION'],
  AWS_PAGER: '',
};

const needing = (need: string, page: string) => codeBlocks(page).filter(({ needs }) => needs === need);
const joinCode = (blocks: readonly CodeBlock[]) => blocks.map(({ code }) => code).join('\n');

/** PyPI has version 1 of the AWS CLI, which ignores AWS_ENDPOINT_URL when it calls SQS. */
const useMiniStack = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }; export -f aws';

/** Every page requires the stack's outputs as variables and a task that was just submitted. */
const setVariables = needing('AWS', DEPLOY).filter(({ code }) => code.includes('STACK_NAME='));
const prepare = [useMiniStack, joinCode([...setVariables, ...needing('Aspose', SUBMIT)])].join('\n');

interface Passage {
  readonly page: string;
  /** Headings whose blocks run. @default - all that MiniStack supports */
  readonly headings?: readonly string[];
  /** Headings whose blocks another passage of the page runs. @default - none */
  readonly except?: readonly string[];
  /** Commands that run before those of the page. */
  readonly before?: string;
  /** Checks the effects of the commands. */
  expectResult(output: string, reader: Reader): Promise<void> | void;
}

/** Headings whose commands MiniStack does not support. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  [RUNBOOK]: ['Replay events to a subscriber', 'Move failed starts back', 'missing-lines'],
  // It has neither rules whose target is Firehose nor named queries.
  [ANALYZE]: ['On AWS', 'Run a query', 'Upgrade and switch off'],
};

function supportedBlocks(page: string): readonly CodeBlock[] {
  return needing('AWS', page).filter(({ heading }) => UNSUPPORTED[page]?.includes(heading) !== true);
}

function blocksOf({ page, headings, except = [] }: Passage): readonly CodeBlock[] {
  return supportedBlocks(page).filter(
    ({ heading }) => (headings === undefined || headings.includes(heading)) && !except.includes(heading),
  );
}

const PROGRAMS: Readonly<Record<string, { readonly program: string; readonly file: string }>> = {
  ts: { program: 'node', file: 'example.ts' },
  python: { program: 'python', file: 'example.py' },
};

const SDK_EXAMPLES = [...blocksIn('ts'), ...blocksIn('python')].filter(({ code }) =>
  /@aws-sdk|boto3/.test(code),
);

/** Part of the sample letter's text. */
const LETTER = /Harbour Lane 14/;

/** The CDK CLI prints the stack's ARN after each deployment. */
const DEPLOYED = /^arn:aws:cloudformation:.*:stack\/OcrCourier\//gm;

async function endedBatch(batchId: string, outcome: string): Promise<void> {
  await until(`batch ${batchId} to end as ${outcome}`, { seconds: 60 }, async () => {
    const { Item } = await dynamoDb.send(
      new GetItemCommand({ TableName: outputs['TaskTableName'], Key: { taskId: { S: `batch#${batchId}` } } }),
    );
    return Item?.['outcome']?.S === outcome || undefined;
  });
}

/** Shell commands that wait until an attribute of the record of `BATCH_ID` has a value. */
function untilBatchHas(attribute: string, value: string): string {
  return `until [ "$(aws dynamodb get-item --table-name "$TASK_TABLE_NAME" --output text \\
        --key "{\\"taskId\\": {\\"S\\": \\"batch#$BATCH_ID\\"}}" \\
        --query Item.${attribute}.S)" = ${value} ]; do
        sleep 1
      done`;
}

const PASSAGES: readonly Passage[] = [
  {
    page: DEPLOY,
    headings: ['Deploy', "The stack's outputs as variables", 'Set the credentials'],
    expectResult(output) {
      expect(output.match(DEPLOYED)).toHaveLength(1);
    },
  },
  {
    page: DEPLOY,
    headings: ['Configure', 'Upgrade'],
    expectResult(output) {
      expect(output.match(DEPLOYED)).toHaveLength(2);
    },
  },
  {
    page: 'README.md',
    expectResult(output) {
      expect(output).toMatch(LETTER);
      expect(output).toContain('"RuleArn"');
    },
  },
  // Before the page whose last commands give the HTTP API another authorizer.
  {
    page: RECOGNIZE,
    expectResult(output) {
      expect(output).toMatch(/"state": ?"Done"/);
      expect(output).toMatch(/"key": ?"results\/RecognizeImage\/[^"]+\.pdf"/);
      expect(output).toContain('"executionArn"');
    },
  },
  {
    page: BATCH,
    before: 'aws s3 cp local/samples/letter.png "s3://$RESULTS_BUCKET_NAME/images/scans/"',
    async expectResult(output) {
      expect(output).toContain('"batchId":"letters"');
      for (const batchId of ['invoices', 'letters', 'scans']) await endedBatch(batchId, 'Completed');
    },
  },
  {
    page: START,
    headings: ['AWS CLI'],
    expectResult(output) {
      expect(output).toContain('SUCCEEDED');
      expect(output).toMatch(LETTER);
    },
  },
  {
    page: START,
    headings: ['HTTP API'],
    async expectResult(output, { directory }) {
      expect(output).toContain('"status":"Completed"');
      expect(output).toContain('"generation":2');
      expect(await readFile(join(directory, 'document.txt'), 'utf8')).toMatch(LETTER);
    },
  },
  {
    page: START,
    headings: ['Events'],
    expectResult(output) {
      expect(output).toContain('"FailedEntryCount": 0');
    },
  },
  {
    page: EVENTS,
    expectResult(output) {
      expect(output).toMatch(/"detail-type": ?"OCR Task Completed"/);
    },
  },
  {
    page: RUNBOOK,
    except: ['Stop a batch'],
    // The task of an image and a batch have ended, and an event was refused.
    before: `
      aws s3 cp local/samples/letter.png "s3://$RESULTS_BUCKET_NAME/inbox/RecognizeImage/runbook.png"
      TASK_ID=
      until [ -n "$TASK_ID" ]; do
        TASK_ID="$(aws s3api get-object-tagging --bucket "$RESULTS_BUCKET_NAME" --output text \\
          --key inbox/RecognizeImage/runbook.png --query "TagSet[?Key == 'ocr-task'].Value")"
        sleep 1
      done
      BATCH_ID="runbook-$RANDOM"
      printf '{"taskId": "%s"}\\n{"taskId": "unknown"}\\n' "$TASK_ID" |
        aws s3 cp - "s3://$RESULTS_BUCKET_NAME/lists/$BATCH_ID.jsonl"
      ${untilBatchHas('terminalEvent', 'Published')}
      aws sqs send-message --queue-url "$REFUSED_SUBMISSIONS_QUEUE_URL" --message-body '{
        "requestPayload": {"detail": {"taskId": "a/b"}},
        "responsePayload": {"errorType": "InvalidInput", "errorMessage": "taskId: got"}}'`,
    expectResult(output) {
      // The next generations of task and image started, and Aspose accepted the credentials.
      expect(output).toMatch(/:execution:.*:[\da-f]{8}-[\da-f-]{27}-2$/m);
      expect(output).toMatch(/:execution:.*:[\da-f]{40}-2$/m);
      expect(output).toMatch(/^200$/m);
      // The batch was listed with its counts, its results were read, and its retry started.
      expect(output).toMatch(/ batch#runbook-\d+ Completed - .*"NotFound":"1"/);
      expect(output).toMatch(/^ *1 NotFound, no reason$/m);
      expect(output).toMatch(/:execution:.*:runbook-\d+-r1/);
      // The refused event was read and deleted.
      expect(output.match(/"reason": "InvalidInput"/g)).toHaveLength(1);
      expect(output.match(/"ApproximateNumberOfMessages": "0"/g)).toHaveLength(2);
    },
  },
  {
    page: RUNBOOK,
    headings: ['Stop a batch'],
    // Aspose may not know a new task yet, so that the batch runs for 30 seconds.
    before: `
      BATCH_ID=stopped
      printf '{"taskId": "new", "submittedAt": "%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" |
        aws s3 cp - "s3://$RESULTS_BUCKET_NAME/lists/$BATCH_ID.jsonl"
      ${untilBatchHas('status', 'Running')}`,
    expectResult: () => endedBatch('stopped', 'Cancelled'),
  },
  // Last, because it deletes the stack.
  {
    page: DEPLOY,
    headings: ['Uninstall'],
    async expectResult(output) {
      // The rule of the README was on the bus, and those of the stack were not listed. A slow
      // `cdk destroy` prints their names, too, but never alone on a line.
      expect(output).toMatch(/^ocr-completed$/m);
      expect(output).not.toMatch(/^\S*OcrCourierStarts\S*$/m);
      const TableName = outputs['TaskTableName'];
      const Bucket = outputs['ResultsBucketName'];
      await expect(dynamoDb.send(new DescribeTableCommand({ TableName }))).rejects.toThrow(/not found/i);
      await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
    },
  },
];

describe('the documents', { concurrent: false }, () => {
  it.each(PAGES)('%s has only commands for AWS that are tested here', (page) => {
    const tested = PASSAGES.filter((passage) => passage.page === page).flatMap(blocksOf);

    const lines = tested.map(({ line }) => line).sort((one, other) => one - other);
    expect(lines).toEqual(supportedBlocks(page).map(({ line }) => line));
  });

  it.each(SDK_EXAMPLES)('$page, line $line: the $language example starts a collection', async (block) => {
    const { program, file } = PROGRAMS[block.language] ?? {};
    if (program === undefined || file === undefined) throw new Error(`No program runs ${block.language}.`);
    await using reader = await openReader();
    await writeFile(join(reader.directory, file), block.code);

    const output = await reader.run(`${prepare}\n${program} ${file}`, environment);

    const taskId = /^[\da-f-]{36}$/m.exec(output)?.[0] ?? '';
    await until(`the end of ${taskId}`, { seconds: 60 }, async () => {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: outputs['TaskTableName'], Key: { taskId: { S: taskId } } }),
      );
      return Item?.['outcome']?.S === 'Completed' || undefined;
    });
  });

  it.each([
    { name: 'the results of a Completed task', isKnown: true, expected: /"ocr": ?\{"results": ?\[/ },
    { name: 'the error of another task', isKnown: false, expected: /"failure": ?\{"Error": ?"/ },
  ])('have a state machine that receives $name', async ({ isKnown, expected }) => {
    const example = codeBlocks(START).find(({ code }) => code.includes('"StartAt"'));
    const definition = example?.code.replace(/\$\{\w+\}/, outputs['StateMachineArn'] ?? '');
    const { stateMachineArn } = await stepFunctions.send(
      new CreateStateMachineCommand({
        name: `scan-${crypto.randomUUID()}`,
        definition,
        roleArn: 'arn:aws:iam::000000000000:role/scan',
      }),
    );
    const taskId = isKnown ? await simulator.submitLetter() : `e2e-${crypto.randomUUID()}`;
    const input = JSON.stringify({ taskId, submittedAt: new Date().toISOString() });

    const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
    const { output } = await executionEnd(executionArn ?? '');
    await stepFunctions.send(new DeleteStateMachineCommand({ stateMachineArn }));

    expect(output).toMatch(expected);
  });

  it.each(PASSAGES)('$page, passage $#: the commands have the documented effect', async (passage) => {
    const { before = '', expectResult } = passage;
    await using reader = await openReader();

    const output = await reader.run(`${prepare}\n${before}\n${joinCode(blocksOf(passage))}`, environment);

    await expectResult(output, reader);
  });
});
