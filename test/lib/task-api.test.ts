import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createUploadLinks } from '../../functions/adapters/aws/upload-links.ts';
import { TASK_API_ROUTES } from '../../functions/contracts/http-api.ts';
import { MAX_WAIT_SECONDS, RESPONSE_RESERVE_SECONDS } from '../../functions/core/wait-for-end.ts';
import { propertiesOf, statements, synthesize } from '../support/synthesis.ts';

const template = synthesize();

afterEach(() => vi.unstubAllEnvs());

const routes = (from = template) =>
  Object.values(from.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);

it('gives the API function access to the Aspose credentials only with cancelAtVendor', () => {
  const cancelling = synthesize({ api: { cancelAtVendor: true } });

  expect(statements(cancelling, 'ApiFunction')).toContainEqual({
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    Resource: '<Credentials>',
  });
  expect(propertiesOf(cancelling, 'AWS::Lambda::Function', 'ApiFunction')).toMatchObject({
    Environment: {
      Variables: {
        CANCEL_AT_VENDOR: 'true',
        CREDENTIALS_SECRET: '<Credentials>',
        ASPOSE_BASE_URL: 'https://api.aspose.cloud',
      },
    },
  });
});

it('gives the API function time for the longest wait, and a timeout below the 30 s of API Gateway', () => {
  const timeout = propertiesOf(template, 'AWS::Lambda::Function', 'ApiFunction')['Timeout'];

  expect(timeout).toBeGreaterThan(MAX_WAIT_SECONDS + RESPONSE_RESERVE_SECONDS);
  expect(timeout).toBeLessThan(30);
});

it.each([
  [undefined, '50'],
  [0, '0'],
  [200, '200'],
])('lets the API function hold the requests that maxWaitingRequests allows: %s', (given, expected) => {
  const limited = given === undefined ? template : synthesize({ api: { maxWaitingRequests: given } });

  expect(propertiesOf(limited, 'AWS::Lambda::Function', 'ApiFunction')).toMatchObject({
    Environment: { Variables: { MAX_WAITING_REQUESTS: expected } },
  });
});

describe('each route', () => {
  it('S13 U5: exists once and is authorized by IAM by default', () => {
    expect(routes()).toMatchObject(
      TASK_API_ROUTES.map(({ method, path }) => ({
        RouteKey: `${method} ${path}`,
        AuthorizationType: 'AWS_IAM',
      })),
    );
  });

  it('is authorized by JSON Web Tokens with jwtAuthorizer', () => {
    const jwtAuthorizer = { issuer: 'https://issuer.example', audience: ['ocr'] };
    const withJwt = synthesize({ api: { jwtAuthorizer } });

    expect(routes(withJwt)).toMatchObject(TASK_API_ROUTES.map(() => ({ AuthorizationType: 'JWT' })));
    expect(propertiesOf(withJwt, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['ocr'] },
    });
  });
});

describe('the stage', () => {
  it('S22: throttles requests and logs each one with the request id of its response', () => {
    const { AccessLogSettings, ...stage } = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');

    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
    expect(AccessLogSettings).toMatchObject({
      DestinationArn: '<ApiAccessLogs.Arn>',
      Format: expect.stringContaining('"requestId":"$context.requestId"'),
    });
  });

  it('uses the configured throttling limits', () => {
    const slow = synthesize({ api: { throttling: { requestsPerSecond: 5, burst: 10 } } });

    expect(propertiesOf(slow, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
  });
});

describe('corsOrigins', () => {
  const open = synthesize({ api: { corsOrigins: ['https://ocr.example'] } });
  const cors = z
    .object({ CorsConfiguration: z.looseObject({ AllowHeaders: z.array(z.string()) }) })
    .parse(propertiesOf(open, 'AWS::ApiGatewayV2::Api')).CorsConfiguration;

  it('allows cross-origin requests only from the configured origins', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).not.toHaveProperty('CorsConfiguration');
    expect(cors).toMatchObject({
      AllowOrigins: ['https://ocr.example'],
      AllowMethods: ['GET', 'POST', 'DELETE'],
    });
  });

  it('allows every header that a signer adds', async () => {
    const { sha256 } = new DynamoDBClient({ region: 'eu-central-1' }).config;
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
    const signer = new SignatureV4({ service: 'execute-api', region: 'eu-central-1', credentials, sha256 });
    const { headers } = await signer.sign({
      ...{ method: 'POST', protocol: 'https:', hostname: 'api.example', path: '/tasks', body: '{}' },
      headers: { 'content-type': 'application/json' },
    });

    expect(Object.keys(headers)).toContain('x-amz-content-sha256');
    expect(cors.AllowHeaders).toEqual(expect.arrayContaining(Object.keys(headers)));
  });

  it('allows every header that a client of the AWS SDK adds', () => {
    expect(cors.AllowHeaders).toEqual(
      expect.arrayContaining(['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent']),
    );
  });

  it('lets a page ask to wait, and read whether the request waited and when to repeat it', () => {
    expect(cors).toMatchObject({
      AllowHeaders: expect.arrayContaining(['prefer']),
      ExposeHeaders: expect.arrayContaining(['preference-applied', 'retry-after']),
    });
  });

  it('lets a page fetch a document from the bucket by its link, and upload an image', async () => {
    expect(propertiesOf(template, 'AWS::S3::Bucket')).not.toHaveProperty('CorsConfiguration');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const link = await createUploadLinks('results')('inbox/RecognizeImage/a.png', 'image/png', 60);

    expect(propertiesOf(open, 'AWS::S3::Bucket')['CorsConfiguration']).toEqual({
      CorsRules: [
        {
          AllowedMethods: ['GET', link.method],
          AllowedOrigins: ['https://ocr.example'],
          AllowedHeaders: expect.arrayContaining(Object.keys(link.headers)),
        },
      ],
    });
  });
});
