import { describe, expect, it } from 'vitest';
import type { EmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { UnsupportedError } from '../../../local/embedded-aws/unsupported-error.ts';
import { startFixture } from '../../support/fixture-assembly.ts';

const echo = 'exports.handler = async (event) => event;';

/** An HTTP API whose routes all lead to one function. */
function createApi(
  routeKeys: readonly string[],
  more: Record<string, { Type: string; Properties?: object }> = {},
) {
  const route = (RouteKey: string) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: { RouteKey, Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] } },
  });
  return {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { StageName: '$default' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Serve', 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    ...Object.fromEntries(routeKeys.map((routeKey, index) => [`Route${index}`, route(routeKey)])),
    ...more,
  };
}

const outputs = { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } };

const startApi = (code: string, routeKeys: readonly string[]) =>
  startFixture({ functions: { Serve: code }, resources: createApi(routeKeys), outputs });

const send = (stack: EmbeddedStack, path: string, init?: RequestInit) =>
  fetch(`${stack.outputs['Url']}${path}`, init);

describe('a request', () => {
  it('reaches the function in the payload format 2.0', async () => {
    const stack = await startApi(echo, ['GET /things/{id}']);

    const response = await send(stack, '/things/a%20b?x=1&y=%20&x=2', {
      headers: { cookie: 'a=1; b=2', 'X-Mine': 'yes' },
    });

    expect(await response.json()).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a b',
      rawQueryString: 'x=1&y=%20&x=2',
      cookies: ['a=1', 'b=2'],
      headers: { 'x-mine': 'yes' },
      queryStringParameters: { x: '1,2', y: ' ' },
      pathParameters: { id: 'a b' },
      requestContext: {
        http: { method: 'GET', path: '/things/a b' },
        requestId: response.headers.get('apigw-requestid'),
        stage: '$default',
      },
      isBase64Encoded: false,
    });
  });

  it.each([
    ['application/json', '{"a":1}', '{"a":1}', false],
    ['image/png', '\x89PNG', Buffer.from('\x89PNG').toString('base64'), true],
  ])(
    'with a body of %s has isBase64Encoded set for binary bodies',
    async (type, sent, body, isBase64Encoded) => {
      const stack = await startApi(echo, ['POST /']);

      const response = await send(stack, '/', {
        method: 'POST',
        body: sent,
        headers: { 'content-type': type },
      });

      expect(await response.json()).toMatchObject({ body, isBase64Encoded });
    },
  );

  it('matches the most specific route', async () => {
    const stack = await startApi(echo, ['GET /things/{id}', 'GET /things/new']);

    expect(await (await send(stack, '/things/new')).json()).toMatchObject({ routeKey: 'GET /things/new' });
    expect(await (await send(stack, '/things/old')).json()).toMatchObject({ routeKey: 'GET /things/{id}' });
  });

  it.each([
    ['GET', '/'],
    ['GET', '/things'],
    ['GET', '/things/'],
    ['GET', '/things/1/2'],
    ['DELETE', '/things/1'],
  ])('gets 404 if it has no route: %s %s', async (method, path) => {
    const stack = await startApi(echo, ['GET /things/{id}']);

    const response = await send(stack, path, { method });

    expect(response.status).toBe(404);
    expect(response.headers.get('apigw-requestid')).not.toBeNull();
    expect(await response.json()).toEqual({ message: 'Not Found' });
  });
});

describe('the result of a function', () => {
  const responseTo = async (result: string) =>
    send(await startApi(`exports.handler = async () => (${result});`, ['GET /']), '/');

  it('becomes the response', async () => {
    const response = await responseTo(
      `{ statusCode: 201, headers: { 'X-Mine': 'yes' }, cookies: ['a=1', 'b=2'], body: 'aGk=', isBase64Encoded: true }`,
    );

    expect(response.status).toBe(201);
    expect(response.headers.get('x-mine')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('hi');
  });

  it.each([
    ['an invalid status code', '{ statusCode: "many" }'],
    ['an error', '(() => { throw new Error("canary"); })()'],
  ])('becomes a 500 without details when it is %s', async (_, result) => {
    const response = await responseTo(result);

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });
});

describe('the stack is rejected with', () => {
  it.each([
    [
      'CORS',
      {
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', CorsConfiguration: {} } },
      },
    ],
    ['WEBSOCKET', { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } } }],
    ['a named stage', { Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { StageName: 'prod' } } }],
    ['two APIs', { Api2: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } }],
  ])('%s', async (_, more) => {
    const starting = startFixture({ functions: { Serve: echo }, resources: createApi(['GET /'], more) });

    await expect(starting).rejects.toBeInstanceOf(UnsupportedError);
  });

  it.each(['$default', 'ANY /', 'GET /{proxy+}'])('the route %s', async (routeKey) => {
    await expect(startApi(echo, [routeKey])).rejects.toThrow(/Route0 .* cannot run locally/);
  });
});
