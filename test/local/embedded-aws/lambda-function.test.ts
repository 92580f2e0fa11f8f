import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock, VirtualClock } from '../../../local/clock.ts';
import { startLambdaEnvironment } from '../../../local/embedded-aws/lambda-environment.ts';
import {
  createLambdaFunction,
  type LambdaFunction,
  type LambdaFunctionOptions,
} from '../../../local/embedded-aws/lambda-function.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { UNTIL_TEST_HANGS } from '../../support/until.ts';

interface Deployed {
  readonly lambdaFunction: LambdaFunction;
  readonly lines: readonly string[];
}

/** Deploys an index.js for the duration of the test. */
async function deploy(
  code: string,
  {
    handler = 'index.handler',
    ...options
  }: Partial<LambdaFunctionOptions> & { readonly handler?: string } = {},
): Promise<Deployed> {
  const codeDirectory = await temporaryDirectory();
  await writeFile(join(codeDirectory, 'index.js'), code);
  const lines: string[] = [];
  const lambdaFunction = createLambdaFunction({
    setup: {
      codeDirectory,
      handler,
      functionName: 'work',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:work',
      memorySizeMB: 128,
      logGroupName: '/aws/lambda/work',
      logStreamName: 'stream',
    },
    environment: {},
    timeoutSeconds: 30,
    reservedConcurrentExecutions: undefined,
    clock: systemClock,
    startEnvironment: startLambdaEnvironment,
    onLog: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => lambdaFunction.end());
  return { lambdaFunction, lines };
}

describe('an environment', () => {
  it('passes the event and the context to the handler', async () => {
    const { lambdaFunction } = await deploy(`exports.handler = async (event, context) => ({
      event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
      requestId: context.awsRequestId, remaining: context.getRemainingTimeInMillis() });`);

    const result = await lambdaFunction.invoke({ a: [1] });

    expect(result).toEqual({
      event: { a: [1] },
      name: 'work',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:work',
      memory: '128',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      remaining: expect.toSatisfy((remaining: number) => remaining > 0 && remaining <= 30_000),
    });
  });

  it('has the variables of the function and none of the host', async () => {
    vi.stubEnv('HOST_CANARY', 'from the host');
    const { lambdaFunction } = await deploy('exports.handler = async () => ({ ...process.env });', {
      environment: { TABLE: 't' },
    });

    expect(await lambdaFunction.invoke({})).toEqual({ TABLE: 't' });
  });

  it('is reused while warm', async () => {
    const { lambdaFunction } = await deploy(
      'let n = 0; exports.handler = async () => { n += 1; return n; };',
    );

    expect([await lambdaFunction.invoke({}), await lambdaFunction.invoke({})]).toEqual([1, 2]);
  });

  it('runs one invocation at a time: two concurrent ones get two environments', async () => {
    const { lambdaFunction } = await deploy(`let running = 0; exports.handler = async () => {
      running += 1; await new Promise((resolve) => setTimeout(resolve, 20)); const concurrent = running; running -= 1;
      return [concurrent, require('node:worker_threads').threadId]; };`);

    const results = await Promise.all([lambdaFunction.invoke({}), lambdaFunction.invoke({})]);

    expect(results).toEqual([
      [1, expect.any(Number)],
      [1, expect.any(Number)],
    ]);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(2);
  });

  it('logs every line before its response', async () => {
    const { lambdaFunction, lines } = await deploy(`exports.handler = async () => {
      for (let i = 0; i < 500; i += 1) console.log('x'.repeat(2000) + '\\n' + i);
      process.stderr.write('last\\n'); };`);

    await lambdaFunction.invoke({});

    expect(lines).toHaveLength(1001);
    expect(lines).toContain('499');
    expect(lines).toContain('last');
  });

  it('returns null when the handler returns nothing', async () => {
    const { lambdaFunction } = await deploy('exports.handler = async () => {};');

    expect(await lambdaFunction.invoke({})).toBeNull();
  });
});

// AWS's runtime client for Node.js (aws-lambda-ric 4.0.2) reports these error types and messages
// for the same bundles. Only `Runtime.ExitError` and `Sandbox.Timedout` come from Lambda itself.
describe("Lambda's error is reported for", () => {
  const anyTrace: unknown = expect.any(Array);

  it.each([
    [
      'an error',
      'exports.handler = async () => { throw new RangeError("too far"); };',
      'RangeError',
      /^too far$/,
    ],
    [
      'a named error',
      'class E extends Error { name = "Mine" } exports.handler = async () => { throw new E("x"); };',
      'Mine',
      /^x$/,
    ],
    ['a thrown string', 'exports.handler = async () => { throw "text"; };', 'string', /^text$/, []],
    ['an error while loading', 'throw new RangeError("bad bundle");', 'RangeError', /^bad bundle$/],
    [
      'a bundle that is no JavaScript',
      'exports.handler = async () => {',
      'Runtime.UserCodeSyntaxError',
      /^SyntaxError: Unexpected end of input$/,
    ],
    [
      'a missing module',
      'require("absent-module");',
      'Runtime.ImportModuleError',
      /^Error: Cannot find module 'absent-module'/,
    ],
    [
      'a handler with a callback',
      'exports.handler = (event, context, callback) => callback(null, 1);',
      'Runtime.CallbackHandlerDeprecated',
      /removed support for callback-based function handlers/,
    ],
    [
      'a result that is no JSON',
      'exports.handler = async () => 1n;',
      'Runtime.JSONStringifyError',
      /^Unable to stringify response body$/,
    ],
    [
      'a handler that is no function',
      'exports.handler = 7;',
      'Runtime.HandlerNotFound',
      /^index\.handler is not a function$/,
    ],
    [
      'a missing handler',
      'exports.other = 1;',
      'Runtime.HandlerNotFound',
      /^index\.handler is undefined or not exported$/,
    ],
  ])('%s', async (_, code, errorType, message, trace = anyTrace) => {
    const { lambdaFunction } = await deploy(code);

    await expect(lambdaFunction.invoke({})).rejects.toMatchObject({
      name: 'LambdaFunctionError',
      body: { errorType, errorMessage: expect.stringMatching(message), trace },
    });
  });

  it.each([
    [
      'an exit',
      'async () => { process.exit(3); }',
      /^RequestId: [\w-]{36} Error: .* with error: exit status 3$/,
    ],
    [
      'an exit without a reason',
      'async () => { process.exit(0); }',
      /Runtime exited without providing a reason$/,
    ],
    [
      'an unhandled rejection',
      '() => { Promise.reject(new Error("lost")); return new Promise(() => {}); }',
      /Runtime exited with error: exit status 1$/,
    ],
    [
      'an uncaught exception',
      '() => new Promise(() => setImmediate(() => { throw new TypeError("late"); }))',
      /Runtime exited with error: exit status 1$/,
    ],
  ])('%s', async (_, handler, message) => {
    const { lambdaFunction } = await deploy(`exports.handler = ${handler};`);

    await expect(lambdaFunction.invoke({})).rejects.toMatchObject({
      body: { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(message) },
    });
  });

  it('a handler file that does not exist', async () => {
    const { lambdaFunction } = await deploy('exports.handler = async () => {};', { handler: 'main.handler' });

    await expect(lambdaFunction.invoke({})).rejects.toMatchObject({
      body: {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringMatching(/^Error: Cannot find module 'main'/),
      },
    });
  });

  it('a timeout', async () => {
    const { lambdaFunction } = await deploy('exports.handler = () => new Promise(() => {});', {
      timeoutSeconds: 0.05,
    });

    await expect(lambdaFunction.invoke({})).rejects.toMatchObject({
      body: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(
          /^RequestId: [\w-]{36} Error: Task timed out after 0\.05 seconds$/,
        ),
      },
    });
  });

  it('an exit, after which the next invocation gets a new environment', async () => {
    const { lambdaFunction } = await deploy(
      'let n = 0; exports.handler = async (event) => { n += 1; if (event.exit) process.exit(1); return n; };',
    );
    await lambdaFunction.invoke({});
    await expect(lambdaFunction.invoke({ exit: true })).rejects.toThrow('Runtime.ExitError');

    expect(await lambdaFunction.invoke({})).toBe(1);
  });

  it('a killed environment, whether idle or busy', async () => {
    const { lambdaFunction, lines } = await deploy(
      `let n = 0;
      exports.handler = (event) => {
        n += 1;
        if (!event.hang) return n;
        console.log('busy');
        return new Promise((resolve) => setTimeout(resolve, 30_000));
      };`,
    );
    await lambdaFunction.invoke({});
    await lambdaFunction.kill();
    expect(await lambdaFunction.invoke({})).toBe(1);

    const killed = expect(lambdaFunction.invoke({ hang: true })).rejects.toThrow('Runtime.ExitError');
    await vi.waitFor(() => expect(lines).toContain('busy'), UNTIL_TEST_HANGS);
    await lambdaFunction.kill();

    await killed;
    expect(await lambdaFunction.invoke({})).toBe(1);
  });
});

describe('concurrency', () => {
  const slow = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 30));';

  it('throttles an invocation beyond the reserved concurrency', async () => {
    const { lambdaFunction } = await deploy(slow, { reservedConcurrentExecutions: 1 });
    const first = lambdaFunction.invoke({});

    await expect(lambdaFunction.invoke({})).rejects.toMatchObject({
      body: { errorType: 'Lambda.TooManyRequestsException' },
    });
    await first;
    await expect(lambdaFunction.invoke({})).resolves.toBeNull();
  });

  it('queues an event beyond the reserved concurrency', async () => {
    const { lambdaFunction } = await deploy(
      'let n = 0; exports.handler = async () => { n += 1; return n; };',
      {
        reservedConcurrentExecutions: 1,
      },
    );

    const results = await Promise.all([1, 2, 3].map(() => lambdaFunction.invokeWhenFree({})));

    expect(results).toEqual([1, 2, 3]);
  });

  it('queues more than 16 invocations without a reserved concurrency', async () => {
    const { lambdaFunction } = await deploy(
      `exports.handler = () => new Promise((resolve) => setTimeout(resolve, 20, require('node:worker_threads').threadId));`,
    );

    const threads = await Promise.all(Array.from({ length: 20 }, () => lambdaFunction.invoke({})));

    expect(new Set(threads).size).toBe(16);
  });
});

describe('a function in virtual time', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const deployVirtual = async (code: string, options: Partial<LambdaFunctionOptions> = {}) => {
    const clock = new VirtualClock(start);
    return { clock, ...(await deploy(code, { clock, timeoutSeconds: 900, ...options })) };
  };

  it('sleeps on the clock with timers/promises; Date, performance and remaining time follow', async () => {
    const { lambdaFunction, clock } = await deployVirtual(`
      const { setTimeout: sleep } = require('node:timers/promises');
      exports.handler = async (_, context) => {
        const from = performance.now();
        const value = await sleep(600_000, 'rested');
        return { value, now: Date.now(), iso: new Date().toISOString(), isDate: new Date() instanceof Date,
          fixed: new Date(0).getTime(), elapsed: performance.now() - from, remaining: context.getRemainingTimeInMillis() };
      };`);

    const result = await lambdaFunction.invoke({});

    expect(result).toEqual({
      value: 'rested',
      now: start + 600_000,
      iso: '2026-01-01T00:10:00.000Z',
      isDate: true,
      fixed: 0,
      elapsed: 600_000,
      remaining: 300_000,
    });
    expect(clock.now()).toBe(start + 600_000);
  });

  it('stops the clock while it waits in real time', async () => {
    const { lambdaFunction, clock } = await deployVirtual(`
      exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 40)); return Date.now(); };`);
    clock.after(1000, () => {});

    expect(await lambdaFunction.invoke({})).toBe(start);
  });

  it('stops the clock after the last sleep, although the thread said before that it waits', async () => {
    const { lambdaFunction, clock, lines } = await deployVirtual(`
      const { setTimeout: sleep } = require('node:timers/promises');
      const block = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
      const realWait = () => new Promise((resolve) => setTimeout(resolve, 500));
      let second;
      function startSecond() {
        // The thread learns of the ends of both sleeps only after it said that it waits.
        setImmediate(() => {
          console.log('blocked');
          block(300);
          setImmediate(() => block(100));
        });
        second = sleep(5000);
      }
      exports.handler = async () => {
        void realWait().then(startSecond);
        await sleep(1000);
        await second;
        await realWait();
        return Date.now();
      };`);
    const held = Promise.withResolvers<void>();
    void clock.during(held.promise);

    const result = lambdaFunction.invoke({});
    await vi.waitFor(() => expect(lines.join()).toContain('blocked'), UNTIL_TEST_HANGS);
    held.resolve();

    expect(await result).toBe(start + 5000);
  });

  it('times out on the clock', async () => {
    const { lambdaFunction, clock } = await deployVirtual(
      `exports.handler = () => require('timers/promises').setTimeout(3_600_000);`,
    );

    await expect(lambdaFunction.invoke({})).rejects.toThrow('Task timed out after 900.00 seconds');
    expect(clock.now()).toBe(start + 900_000);
  });

  it('times out in real time when it never responds, because the clock stands still', async () => {
    const { lambdaFunction } = await deployVirtual('exports.handler = () => new Promise(() => {});', {
      timeoutSeconds: 0.05,
    });

    await expect(lambdaFunction.invoke({})).rejects.toThrow('Task timed out');
  });

  it('ends concurrent sleeps at their own times', async () => {
    const { lambdaFunction } = await deployVirtual(`
      const { setTimeout: sleep } = require('node:timers/promises');
      const timed = async (ms) => { await sleep(ms); return Date.now(); };
      exports.handler = () => Promise.all([timed(5000), timed(1000)]);`);

    expect(await lambdaFunction.invoke({})).toEqual([start + 5000, start + 1000]);
  });

  it('rejects an aborted sleep as Node.js does, and the clock does not wait for it', async () => {
    const { lambdaFunction, clock } = await deployVirtual(`
      const { setTimeout: sleep } = require('node:timers/promises');
      exports.handler = async () => {
        const abort = new AbortController();
        const long = sleep(800_000, undefined, { signal: abort.signal });
        await sleep(1000);
        abort.abort('enough');
        const during = await long.catch((error) => [error.name, error.code, error.cause]);
        const before = await sleep(1, undefined, { signal: abort.signal }).catch((error) => error.name);
        return { during, before, now: Date.now() };
      };`);

    const result = await lambdaFunction.invoke({});

    expect(result).toEqual({
      during: ['AbortError', 'ABORT_ERR', 'enough'],
      before: 'AbortError',
      now: start + 1000,
    });
    expect(clock.now()).toBe(start + 1000);
  });

  it('does not move the clock with a sleep of an ended invocation', async () => {
    const { lambdaFunction, clock } = await deployVirtual(`
      const { setTimeout: sleep } = require('node:timers/promises');
      exports.handler = async () => { await Promise.race([sleep(800_000), sleep(1000)]); return Date.now(); };`);

    expect(await lambdaFunction.invoke({})).toBe(start + 1000);
    // The clock would jump in the next turns.
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    expect(clock.now()).toBe(start + 1000);
  });

  it('returns whole milliseconds from Date.now() after a fractional sleep', async () => {
    const { lambdaFunction } = await deployVirtual(`exports.handler = async (_, context) => {
      await require('timers/promises').setTimeout(10.7);
      return [Date.now(), context.getRemainingTimeInMillis()]; };`);

    expect(await lambdaFunction.invoke({})).toEqual([start + 10, 899_990]);
  });

  it('imports modules of Node.js dynamically, without a warning in the log', async () => {
    const { lambdaFunction, lines } = await deployVirtual(
      `exports.handler = async () => (await import('node:path')).basename('/a/b');`,
    );

    expect(await lambdaFunction.invoke({})).toBe('b');
    expect(lines).toEqual([]);
  });

  it('shares its time with other sleeping environments', async () => {
    const code = `exports.handler = async ({ ms }) => { await require('timers/promises').setTimeout(ms); return Date.now(); };`;
    const { lambdaFunction } = await deployVirtual(code);

    const ends = await Promise.all([100_000, 50_000].map((ms) => lambdaFunction.invoke({ ms })));

    expect(ends).toEqual([start + 100_000, start + 50_000]);
  });
});
