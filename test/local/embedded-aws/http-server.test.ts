import { request } from 'node:http';
import { expect, it } from 'vitest';
import type { EmbeddedService } from '../../../local/embedded-aws/embedded-stack.ts';
import { startFixture } from '../../support/fixture-assembly.ts';

/** Sends a request with any `Host` and `Origin`, which `fetch` cannot. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const services = ['dynamodb', 'events', 's3', 'secretsmanager', 'sqs', 'states'] as const;

it('rejects requests of web pages, by host or origin, in every service', async () => {
  const stack = await startFixture({
    resources: { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } },
    outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  });
  const endpoint = (service: EmbeddedService) => stack.clientConfig(service).endpoint;

  for (const url of [String(stack.outputs['Url']), ...services.map(endpoint)]) {
    const { port } = new URL(url);
    const refused = [
      await statusOf(url, { host: `rebound.example:${port}` }),
      await statusOf(url, { origin: 'https://foreign.example' }),
      await statusOf(url, { origin: 'null' }),
    ];

    expect(refused).toEqual([403, 403, 403]);
    expect(await statusOf(url, {})).not.toBe(403);
  }
});

it('serves the pages of allowed origins, and tells their browsers what they may do', async () => {
  const AllowedOrigins = ['https://ocr.example'];
  const stack = await startFixture({
    resources: {
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: {
          ProtocolType: 'HTTP',
          CorsConfiguration: {
            AllowOrigins: AllowedOrigins,
            AllowMethods: ['GET'],
            AllowHeaders: ['prefer'],
            ExposeHeaders: ['retry-after'],
          },
        },
      },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          CorsConfiguration: {
            CorsRules: [{ AllowedOrigins, AllowedMethods: ['PUT'], AllowedHeaders: ['if-none-match'] }],
          },
        },
      },
    },
    outputs: { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  });
  const bucket = `${stack.clientConfig('s3').endpoint}/${stack.resource('Bucket').name}/key`;
  const ask = (url: string, method: string, origin: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });

  const api = await ask(`${stack.outputs['Url']}/tasks`, 'GET', 'https://ocr.example');
  const s3 = await ask(bucket, 'PUT', 'https://ocr.example');
  const refused = await ask(bucket, 'PUT', 'https://foreign.example');

  expect([api.status, s3.status, refused.status]).toEqual([204, 200, 403]);
  expect(Object.fromEntries(api.headers)).toMatchObject({
    'access-control-allow-origin': 'https://ocr.example',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'prefer',
    'access-control-expose-headers': 'retry-after',
  });
  expect(Object.fromEntries(s3.headers)).toMatchObject({
    'access-control-allow-origin': 'https://ocr.example',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'if-none-match',
  });
});
