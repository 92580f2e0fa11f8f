import { copyFile, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../../../cli/data-directory.ts';
import { type EmbeddedStack, startEmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { fillDisk, freeDisk, temporaryDirectory } from '../../support/data-fixture.ts';
import { STORES, writeAssembly } from '../../support/fixture-assembly.ts';

const MAIN_FILE = 'ocr-courier.sqlite';
const S3_FILE = join('s3-and-sqs', 'fauxqs.db');
const TEXT = 'the whale '.repeat(100_000);

const fixture = {
  resources: STORES,
  definition: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
};

async function openStack() {
  const assemblyDirectory = await writeAssembly(fixture);
  const directory = await temporaryDirectory();
  const open = new AsyncDisposableStack();
  onTestFinished(() => open.disposeAsync());
  return {
    directory,
    /** Starts the stack, or a copy of it after the former one, and restores its executions. */
    async start() {
      await using started = new AsyncDisposableStack();
      const data = started.use(openDataDirectory(directory));
      const stack = await startEmbeddedStack({ assemblyDirectory, data });
      started.defer(() => stack.close());
      stack.resumeExecutions();
      const running = started.move();
      open.defer(() => running.disposeAsync());
      return { stack, data, stop: () => running.disposeAsync() };
    },
  };
}

const itemClient = (stack: EmbeddedStack) =>
  new DynamoDBClient({ ...stack.clientConfig('dynamodb'), maxAttempts: 1 });
const putItem = (stack: EmbeddedStack, id: string, text = TEXT.slice(0, 100_000)) =>
  itemClient(stack).send(
    new PutItemCommand({
      TableName: stack.resource('Table').name,
      Item: { id: { S: id }, text: { S: text } },
    }),
  );
const getItem = (stack: EmbeddedStack, id: string) =>
  itemClient(stack).send(
    new GetItemCommand({ TableName: stack.resource('Table').name, Key: { id: { S: id } } }),
  );

/** A directory with an item, an object and an ended execution. */
async function filledDirectory() {
  const opened = await openStack();
  const { stack, stop } = await opened.start();
  await putItem(stack, 'whale');
  await new S3Client(stack.clientConfig('s3')).send(
    new PutObjectCommand({ Bucket: stack.resource('Bucket').name, Key: 'whale.txt', Body: TEXT }),
  );
  await stack.startExecution({ input: { text: TEXT.slice(0, 100_000) } });
  await stack.settled();
  await stop();
  return opened;
}

/** Overwrites a part of a file. */
async function overwrite(file: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(200, 0x21), 0, 200, position);
  await handle.close();
}

const middleOf = async (file: string) => Math.floor((await stat(file)).size / 2);

it.each<[what: string, message: string, damage: (directory: string) => Promise<unknown>]>([
  ['an emptied main database', `has lost the content of ${MAIN_FILE}`, (d) => truncate(join(d, MAIN_FILE))],
  ['an emptied S3 database', `has lost the content of ${S3_FILE}`, (d) => truncate(join(d, S3_FILE))],
  ['a deleted S3 database', `has lost the content of ${S3_FILE}`, (d) => rm(join(d, S3_FILE))],
  ['a main database cut off', 'damaged', async (d) => truncate(join(d, MAIN_FILE), 8192)],
  ['an S3 database cut off', 'damaged', async (d) => truncate(join(d, S3_FILE), 8192)],
  ['a main database without its header', 'is damaged', (d) => overwrite(join(d, MAIN_FILE), 0)],
  ['an S3 database without its header', 'is damaged', (d) => overwrite(join(d, S3_FILE), 0)],
  [
    'a damaged object',
    'has a damaged object whale.txt',
    async (d) => overwrite(join(d, S3_FILE), await middleOf(join(d, S3_FILE))),
  ],
  [
    'a damaged record',
    'has a damaged record of a task',
    (d) => alter(d, "UPDATE items SET value = CAST(replace(CAST(value AS TEXT), 'whale', 'shark') AS BLOB)"),
  ],
  ['a damaged execution', 'is damaged', (d) => alter(d, "UPDATE executions SET input = '{'")],
])('refuses %s: %s', async (_, message, damage) => {
  const { directory, start } = await filledDirectory();
  await damage(directory);

  await expect(start()).rejects.toMatchObject({
    name: 'DataDirectoryError',
    message: expect.stringContaining(message),
  });
});

async function alter(directory: string, sql: string): Promise<void> {
  using database = new DatabaseSync(join(directory, MAIN_FILE));
  database.exec(sql);
}

it('keeps everything in the database files themselves, even if the process is killed', async () => {
  const { directory, start } = await openStack();
  const { stack } = await start();
  await putItem(stack, 'whale');

  const copy = await temporaryDirectory();
  await copyFile(join(directory, MAIN_FILE), join(copy, MAIN_FILE));

  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const others = files.filter((file) => file.isFile() && ![MAIN_FILE, 'fauxqs.db'].includes(file.name));
  expect(
    await Promise.all(others.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)),
  ).toEqual(others.map(() => 0));
  using database = new DatabaseSync(join(copy, MAIN_FILE));
  expect(
    database.prepare("SELECT 1 FROM items WHERE CAST(value AS TEXT) LIKE '%whale%'").get(),
  ).toBeDefined();
});

it('starts again after a start that was cut off', async () => {
  const { directory, start } = await openStack();
  {
    using _data = openDataDirectory(directory);
  }

  await expect(start()).resolves.toBeDefined();
});

it('refuses requests while the disk is full, and goes on afterwards', async () => {
  const { start } = await openStack();
  const { stack, data, stop } = await start();
  await putItem(stack, 'before');

  fillDisk(data.database);
  await expect(putItem(stack, 'during')).rejects.toMatchObject({ name: 'InternalServerError' });
  await expect(stack.startExecution({ name: 'during', input: TEXT.slice(0, 100_000) })).rejects.toThrow(
    'database or disk is full',
  );
  expect((await getItem(stack, 'before')).Item).toBeDefined();
  expect((await getItem(stack, 'during')).Item).toBeUndefined();
  freeDisk(data.database);
  await putItem(stack, 'after');
  await expect(stack.startExecution({ name: 'during', input: {} })).resolves.toBeDefined();
  await stack.settled();

  await stop();
  const { stack: next } = await start();
  const ids = ['before', 'during', 'after'];
  const items = await Promise.all(ids.map((id) => getItem(next, id)));
  expect(items.map(({ Item }) => Item?.['id']?.S)).toEqual(['before', undefined, 'after']);
});

it('refuses a directory in which it cannot create the S3 database', async () => {
  const { directory, start } = await openStack();
  {
    using _data = openDataDirectory(directory);
  }
  await writeFile(join(directory, 's3-and-sqs'), '');

  await expect(start()).rejects.toMatchObject({ name: 'DataDirectoryError' });
});

it('reads an object that it wrote', async () => {
  const { start } = await filledDirectory();
  const { stack } = await start();

  const { Body } = await new S3Client(stack.clientConfig('s3')).send(
    new GetObjectCommand({ Bucket: stack.resource('Bucket').name, Key: 'whale.txt' }),
  );

  expect(await Body?.transformToString()).toBe(TEXT);
});
