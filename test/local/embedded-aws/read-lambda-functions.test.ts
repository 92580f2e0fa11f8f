import { describe, expect, it } from 'vitest';
import { startFixture } from '../../support/fixture-assembly.ts';

const echo = 'exports.handler = async (event) => event;';

describe('a function', () => {
  const environment = 'exports.handler = async () => ({ ...process.env });';
  const once = (functionName: string) => ({
    StartAt: 'Once',
    States: { Once: { Type: 'Task', Resource: `%${functionName}%`, End: true } },
  });

  it('has its own resolved variables, those of Lambda, the endpoints, and overrides', async () => {
    const stack = await startFixture(
      {
        functions: {
          Show: {
            code: environment,
            properties: {
              MemorySize: 256,
              Environment: { Variables: { BUCKET: { Ref: 'Documents' }, URL: 'https://x' } },
            },
          },
        },
        resources: {
          Documents: { Type: 'AWS::S3::Bucket' },
        },
        definition: once('Show'),
      },
      { environment: { URL: 'http://127.0.0.1:1' } },
    );

    const { executionArn } = await stack.startExecution({});
    const { output } = await stack.executionEnded(executionArn);

    expect(output).toMatchObject({
      BUCKET: stack.resource('Documents').name,
      URL: 'http://127.0.0.1:1',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'fixture-show',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/fixture-show',
      AWS_ENDPOINT_URL: stack.clientConfig('states').endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: stack.clientConfig('dynamodb').endpoint,
      AWS_ENDPOINT_URL_S3: stack.clientConfig('s3').endpoint,
      _HANDLER: 'index.handler',
    });
    expect(output).not.toHaveProperty('PATH');
  });

  it.each([
    ['layers', { Layers: ['arn'] }, /layers are not supported/],
    ['another runtime', { Runtime: 'python3.13' }, /only Node.js runtimes are supported/],
    ['inline code', { Code: { ZipFile: 'x' } }, /S3Key/],
    ['code that is not in the assembly', { Code: { S3Key: 'gone.zip' } }, /gone\.zip; allowed: a folder/],
  ])('is rejected with %s', async (_, properties, message) => {
    await expect(startFixture({ functions: { F: { code: echo, properties } } })).rejects.toThrow(message);
  });
});
