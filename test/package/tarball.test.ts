import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { type Assembly, readAssembly } from '../../local/embedded-aws/assembly.ts';
import { ensureAssembly } from '../../local/embedded-aws/synthesis.ts';
import { bundleFunction } from '../../scripts/bundle-function.ts';
import { bundleEntry, CLIENT_BUNDLE, COMMAND_BUNDLE } from '../../scripts/bundle-package.ts';
import { blocksIn, codeBlocks } from '../../scripts/documents/code-blocks.ts';
import { startTestCourier } from '../support/courier.ts';
import { PROJECT } from '../support/project-paths.ts';
import { base64 } from '../support/responses.ts';

const run = promisify(execFile);
/** Directory of an empty CDK app, into which the tarball is installed offline. */
let app: string;
let assembly: string;
const { paths, packed } = inject('tarballs');

/** The documentation's examples that import the package. Each becomes a file of the app. */
const EXAMPLES = blocksIn('ts')
  .filter(({ code }) => code.includes("from 'ocr-courier"))
  .map((block, index) => ({ ...block, file: nameOf(block.code) ?? `documented-${index}.ts` }));

/** An app bundles its function by the name of the file. */
function nameOf(code: string): string | undefined {
  return code.includes('export async function handler') && code.includes('createClient')
    ? 'read-documents.ts'
    : undefined;
}

/** Peer dependencies, and the tool that bundles the function of an app. */
const LINKED = ['aws-cdk-lib', 'constructs', 'esbuild'];
/** Declarations that the README's example leaves to its reader. */
const SURROUNDINGS = `
  declare const stack: import('aws-cdk-lib').Stack;
  declare const indexer: import('aws-cdk-lib/aws-lambda').Function;`;

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'ocr-courier-consumer-'));
  assembly = join(app, 'cdk.out');
  await cp(join(import.meta.dirname, 'consumer'), app, { recursive: true });
  await writeFile(join(app, 'package.json'), JSON.stringify({ type: 'module', private: true }));

  for (const { page, file, code } of EXAMPLES) {
    await writeFile(join(app, file), page === 'README.md' ? code + SURROUNDINGS : code);
  }

  // Peer dependencies are linked, because an offline installation cannot download them.
  const offline = ['--offline', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...offline, ...paths], { cwd: app });
  for (const name of LINKED) {
    await symlink(join(PROJECT, 'node_modules', name), join(app, 'node_modules', name), 'junction');
  }
  const bin = join(app, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await symlink(join(PROJECT, 'node_modules', '.bin', 'esbuild'), join(bin, 'esbuild'));
});
afterAll(() => rm(app, { recursive: true, force: true }));

it('contains bundles, constructs, client, commands, types and documents, but no sources or tests', () => {
  const folders = new Set(packed.map((path) => dirname(path).replace(/^docs\/.*/, 'docs')));

  expect([...folders].sort()).toEqual([
    '.',
    'dist',
    'dist/bundles/close-batch',
    'dist/bundles/close-task',
    'dist/bundles/collect-chunk',
    'dist/bundles/fetch-result',
    'dist/bundles/open-batch',
    'dist/bundles/start-executions',
    'dist/bundles/submit-image',
    'dist/bundles/task-api',
    'dist/cli',
    'dist/cli/chunks',
    'dist/client',
    'dist/functions/contracts',
    'dist/functions/core',
    'dist/functions/core/batch',
    'dist/lib',
    'dist/lib/analysis',
    'dist/lib/analysis/queries',
    'docs',
  ]);
  expect(packed.filter((path) => /(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

it('contains the charts of the documents, but no screenshots', () => {
  const pictures = packed.filter((path) => path.startsWith('docs/pictures/'));

  expect(pictures).toContain('docs/pictures/cost-by-method.svg');
  expect(pictures.filter((path) => !path.endsWith('.svg'))).toEqual([]);
});

it('names each bundled package, with its version, in the notices that it contains', async () => {
  const dist = join(app, 'node_modules', 'ocr-courier', 'dist');
  const bundles = join(dist, 'bundles');
  const notices = await readFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const named = notices.match(/^(?:@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+ \(/gm) ?? [];

  const folders = new Set<string>();
  for (const entry of await readdir(bundles)) {
    const source = join(PROJECT, 'functions', entry, 'index.ts');
    const { packageFolders } = await bundleFunction(source, join(app, 'rebuilt', entry, 'index.js'));
    for (const folder of packageFolders) folders.add(folder);
  }
  for (const bundle of [CLIENT_BUNDLE, COMMAND_BUNDLE]) {
    const { packageFolders } = await bundleEntry(bundle, join(app, 'rebuilt', dirname(bundle.entry)));
    for (const folder of packageFolders) folders.add(folder);
  }
  const bundled = await Promise.all(
    [...folders].map(async (folder) => {
      const { name, version } = z
        .object({ name: z.string(), version: z.string() })
        .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
      return `${name}@${version} (`;
    }),
  );
  expect(bundled.map((name) => name.replace(/@\d.*/, ''))).toEqual(
    expect.arrayContaining(['zod', '@smithy/core', '@middy/core', 'mnemonist', 'aws4fetch', 'commander']),
  );
  expect([...named].sort()).toEqual(bundled.sort());
});

it('installs zod as its only dependency', async () => {
  const installed = await readdir(join(app, 'node_modules'));

  expect(installed.filter((name) => !name.startsWith('.')).sort()).toEqual([...LINKED, 'ocr-courier', 'zod']);
});

it('compiles in a consumer project', async () => {
  const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc');

  await expect(run(tsc, ['-p', app], { cwd: app })).resolves.toBeDefined();
});

it('parses an event in a consumer project', async () => {
  const example = packed.find((path) => path.endsWith('/ocr-task-completed.example.json')) ?? '';
  const event = await readFile(join(app, 'node_modules', 'ocr-courier', example), 'utf8');
  const script = `import { keysOf } from './read-invoice.ts'; console.log(keysOf(${event}).join());`;

  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: app });

  expect(stdout).toMatch(/^Completed: results\/RecognizeImage\/[\w-]+\/0\.txt\n$/);
});

/** Synthesizes an example that is a CDK app. */
async function synthesizeExample(file: string): Promise<Assembly> {
  const directory = join(app, file.replace('.ts', '.out'));
  await run(process.execPath, [file], { cwd: app, env: { ...process.env, CDK_OUTDIR: directory } });
  return await readAssembly(directory);
}

it.each(EXAMPLES.filter(({ code }) => code.includes('new App()')))(
  'synthesizes the example of $page, line $line',
  async ({ file }) => {
    expect(await synthesizeExample(file)).toMatchObject({ stackName: 'Scans' });
  },
);

it('documents the same calling state machine in CDK and in the States Language', async () => {
  const { page = '', file = '' } = EXAMPLES.find(({ code }) => code.includes('StartExecution')) ?? {};
  const { template } = await synthesizeExample(file);
  const definition = codeBlocks(page).find(
    ({ language, code }) => language === 'json' && code.includes('startExecution'),
  );

  expect(callerIn(template)).toEqual(JSON.parse(definition?.code.replace(/\$\{\w+\}/, COURIER) ?? ''));
});

it('synthesizes in a consumer app with the bundles that this repository deploys', async () => {
  await run(process.execPath, ['app.ts'], { cwd: app, env: { ...process.env, CDK_OUTDIR: assembly } });

  const shipped = await functionsOf(assembly);
  expect(shipped.size).toBeGreaterThan(0);
  expect(shipped).toEqual(await functionsOf(await ensureAssembly()));
});

it('lets a consumer recognize images of its own buckets', async () => {
  const { template } = await readAssembly(assembly);

  const sources = JSON.stringify(['scans-of-invoices', 'archive-of-invoices']);
  expect(JSON.stringify(template)).toContain(`"SOURCE_BUCKETS":${JSON.stringify(sources)}`);
});

it('collects a task after deployment', async () => {
  await using courier = await startTestCourier({ assemblyDirectory: assembly });
  courier.simulator.script('task', [
    { taskStatus: 'Pending' },
    { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] },
  ]);

  const { execution, events } = await courier.collect({ taskId: 'task' });

  expect(execution.status).toBe('SUCCEEDED');
  expect(events.map((event) => event['detail-type'])).toEqual(['OCR Task Completed']);
});

it('reads the documents of a task in the documented function, through the client', async () => {
  const { file = '' } = EXAMPLES.find(({ code }) => code.includes("entry: 'read-documents.ts'")) ?? {};
  const { template } = await synthesizeExample(file);
  await using courier = await startTestCourier({ assemblyDirectory: join(app, file.replace('.ts', '.out')) });
  courier.simulator.script('task', [
    { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('a white whale') }] },
  ]);
  const machines = Object.keys(
    z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(template).Resources,
  );
  const machine = machines.find((id) => /^OcrCourierCollectResultStateMachine[0-9A-F]{8}$/.test(id)) ?? '';
  const stateMachineArn = courier.stack.resource(machine).ref;

  const { executionArn } = await courier.stack.startExecution({ stateMachineArn, input: { taskId: 'task' } });
  await courier.stack.executionEnded(executionArn);
  await courier.stack.settled();

  const lines = courier.logs.filter((line) => line.includes('"words"'));
  expect(lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))))).toEqual([
    expect.objectContaining({ taskId: 'task', index: 0, words: 3 }),
  ]);
});

function resourcesIn(template: unknown): unknown[] {
  return Object.values(z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(template).Resources);
}

const machineSchema = z.object({
  Type: z.literal('AWS::StepFunctions::StateMachine'),
  Properties: z.object({
    DefinitionString: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
  }),
});

/** Replaces the ARN of the courier's state machine. */
const COURIER = 'COURIER';

/** Returns the definition of the state machine that calls the courier's. */
function callerIn(template: unknown): unknown {
  const definitions = resourcesIn(template).flatMap((resource) => {
    const found = machineSchema.safeParse(resource);
    if (!found.success) return [];
    const [, parts] = found.data.Properties.DefinitionString['Fn::Join'];
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        return JSON.stringify(part).includes('AWS::Partition') ? 'aws' : COURIER;
      })
      .join('');
  });
  return JSON.parse(definitions.find((definition) => definition.includes('startExecution')) ?? '');
}

const functionSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({ Description: z.string(), Code: z.object({ S3Key: z.string() }) }),
});

/** Reads the code of a stack's functions, by their descriptions. */
async function functionsOf(directory: string): Promise<Map<string, string>> {
  const { template, assetPath } = await readAssembly(directory);
  const code = new Map<string, string>();
  for (const resource of resourcesIn(template)) {
    const found = functionSchema.safeParse(resource);
    if (!found.success) continue;
    const { Description, Code } = found.data.Properties;
    code.set(Description, await readFile(join(assetPath(Code.S3Key) ?? '', 'index.js'), 'utf8'));
  }
  return code;
}
