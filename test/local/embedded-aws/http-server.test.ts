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
