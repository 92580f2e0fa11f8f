import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../local/aspose-simulator/token-endpoint.ts';
import { blocksIn, type CodeBlock, codeBlocks, PAGES } from '../../../scripts/documents/code-blocks.ts';
import { openReader, type Reader } from '../../../scripts/documents/reader.ts';
import { until } from '../until.ts';
import { dynamoDb, s3, stepFunctions } from './aws-clients.ts';
import { openSuiteVendor } from './vendor.ts';

/**
 * What the documents say, done to the letter, against the stack on MiniStack. After the suite: the last of it deletes what
 * the stack keeps.
 */

const { outputs, vendor } = inject('deployment');
if (vendor.kind !== 'simulator') throw new Error('The documents are tried with the simulator.');
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

const needingAws = (page: string) => codeBlocks(page).filter(({ needs }) => needs === 'AWS');
const commandsOf = (blocks: readonly CodeBlock[]) => blocks.map(({ code }) => code).join('\n');

/** PyPI has version 1 of the AWS command line, which passes over AWS_ENDPOINT_URL when it calls SQS. */
const toMiniStack = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

/** What every page takes for granted: the stack's outputs as variables, and a task that was submitted just now. */
const variables = needingAws('docs/deploy.md').filter(({ code }) => code.includes('STACK_NAME='));
const begin = [toMiniStack, commandsOf([...variables, ...codeBlocks('docs/submit.md')])].join('\n');

interface Passage {
  readonly page: string;
  /** Which blocks of it, where it is not all of them, one after the other. */
  readonly places?: readonly number[];
  /** What its reader has done already. */
  readonly before?: string;
  /** What becomes of it. */
  shown(output: string, reader: Reader): Promise<void> | void;
}

const placesOf = ({ page, places }: Passage) => places ?? triable(page);

/** Headings whose commands MiniStack cannot take: docs/e2e.md says why. */
const UNTRIED: Readonly<Record<string, readonly string[]>> = {
  'docs/runbook.md': ['Replay events to a subscriber'],
};

/** The places of all blocks but those. */
function triable(page: string): readonly number[] {
  return needingAws(page).flatMap(({ heading }, place) => (UNTRIED[page]?.includes(heading) ? [] : [place]));
}

const PROGRAMS: Readonly<Record<string, { readonly program: string; readonly file: string }>> = {
  ts: { program: 'node', file: 'example.ts' },
  python: { program: 'python', file: 'example.py' },
};

const SDK_EXAMPLES = [...blocksIn('ts'), ...blocksIn('python')].filter(({ code }) =>
  /@aws-sdk|boto3/.test(code),
);

const LETTER = /Harbour Lane 14/;

const PASSAGES: readonly Passage[] = [
  {
    page: 'docs/deploy.md',
    places: [0, 1, 2, 3, 4],
    shown(output) {
      // The command line tells the stack's ARN after each deployment: the first, with a configuration, the upgrade.
      expect(output.match(/^arn:aws:cloudformation:.*:stack\/OcrCourier\//gm)).toHaveLength(3);
    },
  },
  {
    page: 'README.md',
    shown(output) {
      expect(output).toContain('"executionArn"');
      expect(output).toContain('"taskId"');
      expect(output).toContain('"FailedEntryCount": 0');
      expect(output).toContain('"RuleArn"');
    },
  },
  {
    page: 'docs/step-functions.md',
    shown(output) {
      expect(output).toContain('SUCCEEDED');
      expect(output).toMatch(LETTER);
    },
  },
  {
    page: 'docs/http-api.md',
    // Another authoriser comes last.
    places: [1, 2, 3, 0],
    async shown(output, { directory }) {
      expect(output).toContain('"status":"Completed"');
      expect(output).toContain('"generation":2');
      expect(await readFile(join(directory, 'document.txt'), 'utf8')).toMatch(LETTER);
    },
  },
  {
    page: 'docs/events.md',
    // First the subscription, then an event to hear of.
    places: [1, 0, 2],
    shown(output) {
      expect(output).toMatch(/"detail-type": ?"OCR Task Completed"/);
    },
  },
  {
    page: 'docs/runbook.md',
    // The task of the beginning is collected, and an event was refused.
    before: `
      aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input "{\\"taskId\\": \\"$TASK_ID\\"}"
      until aws dynamodb get-item --table-name "$TASK_TABLE_NAME" --key "{\\"taskId\\": {\\"S\\": \\"$TASK_ID\\"}}" | grep '"Completed"'; do sleep 1; done
      aws sqs send-message --queue-url "$REFUSED_SUBMISSIONS_QUEUE_URL" --message-body '{"requestPayload": {"detail": {"taskId": "a/b"}},
        "responsePayload": {"errorType": "InvalidInput", "errorMessage": "taskId: got"}}'`,
    shown(output) {
      // A task collected anew, the credentials taken by Aspose, and a refused event, looked at and taken out of its queue.
      expect(output).toMatch(/:execution:.*-2$/m);
      expect(output).toMatch(/^200$/m);
      expect(output.match(/"reason": "InvalidInput"/g)).toHaveLength(1);
      expect(output.match(/"ApproximateNumberOfMessages": "0"/g)).toHaveLength(2);
    },
  },
  // The last: it takes everything down.
  {
    page: 'docs/deploy.md',
    places: [5, 6, 7],
    async shown() {
      const TableName = outputs['TaskTableName'];
      const Bucket = outputs['ResultsBucketName'];
      await expect(dynamoDb.send(new DescribeTableCommand({ TableName }))).rejects.toThrow(/not found/i);
      await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
    },
  },
];

describe('the documents', { concurrent: false }, () => {
  test.each(PAGES)('%s has no command for AWS that is not tried', (page) => {
    const tried = PASSAGES.filter((passage) => passage.page === page).flatMap(placesOf);

    expect(tried.sort((a, b) => a - b)).toEqual(triable(page));
  });

  test.each(SDK_EXAMPLES)('$page, line $line: the example in $language collects a task', async (block) => {
    const { program, file } = PROGRAMS[block.language] ?? {};
    if (program === undefined || file === undefined) throw new Error(`nothing runs ${block.language}`);
    await using reader = await openReader();
    await writeFile(join(reader.directory, file), block.code);

    const output = await reader.run(`${begin}\n${program} ${file}`, environment);

    const taskId = /^[\da-f-]{36}$/m.exec(output)?.[0] ?? '';
    await until(`the end of ${taskId}`, { seconds: 60 }, async () => {
      const { Item } = await dynamoDb.send(
        new GetItemCommand({ TableName: outputs['TaskTableName'], Key: { taskId: { S: taskId } } }),
      );
      return Item?.['outcome']?.S === 'Completed' || undefined;
    });
  });

  test.each([
    { of: 'Completed', known: true, ends: /"ocr": ?\{"results": ?\[/ },
    { of: 'not Completed', known: false, ends: /"failure": ?\{"Error": ?"/ },
  ])('have a state machine that gets the results of a task that was $of', async ({ known, ends }) => {
    const [example] = codeBlocks('docs/step-functions.md').filter(({ language }) => language === 'json');
    const definition = example?.code.replace(/\$\{\w+\}/, outputs['StateMachineArn'] ?? '');
    const { stateMachineArn } = await stepFunctions.send(
      new CreateStateMachineCommand({
        name: `scan-${crypto.randomUUID()}`,
        definition,
        roleArn: 'arn:aws:iam::000000000000:role/scan',
      }),
    );
    const taskId = known ? await simulator.submitLetter() : `e2e-${crypto.randomUUID()}`;
    const input = JSON.stringify({ taskId, submittedAt: new Date().toISOString() });

    const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
    const { output } = await until('the end of the caller', { seconds: 60 }, async () => {
      const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : execution;
    });
    await stepFunctions.send(new DeleteStateMachineCommand({ stateMachineArn }));

    expect(output).toMatch(ends);
  });

  test.each(PASSAGES)('$page: its commands do what they say', async (passage) => {
    const { page, before = '', shown } = passage;
    await using reader = await openReader();

    const commands = commandsOf(placesOf(passage).flatMap((place) => needingAws(page)[place] ?? []));
    const output = await reader.run(`${begin}\n${before}\n${commands}`, environment);

    await shown(output, reader);
  });
});
