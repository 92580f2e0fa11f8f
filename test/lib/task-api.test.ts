import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ENV } from '../../functions/contracts/environment.ts';
import { TASK_API_ROUTES } from '../../functions/contracts/http-api.ts';
import { propertiesOf, synthesise } from '../support/synthesis.ts';

const template = synthesise();

const routes = (of = template) =>
  Object.values(of.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);

const statements = (of = template) =>
  z
    .object({
      PolicyDocument: z.object({
        Statement: z.array(z.object({ Action: z.unknown(), Resource: z.unknown() })),
      }),
    })
    .parse(propertiesOf(of, 'AWS::IAM::Policy', 'ApiFunction'))
    .PolicyDocument.Statement.map(({ Action, Resource }) => ({ Action, Resource }));

describe('the function of the HTTP API', () => {
  test('may do what its routes need, and no more', () => {
    expect(statements()).toEqual([
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<ApiFunctionLogs.Arn>' },
      { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '<StorageTasks.Arn>' },
      { Action: 'dynamodb:Query', Resource: '<StorageTasks.Arn>/index/byStatus' },
      { Action: 'states:StartExecution', Resource: '<WorkflowStateMachine>' },
      {
        Action: ['states:DescribeExecution', 'states:StopExecution'],
        Resource: expect.stringMatching(/:states:.*:execution:.*:\*$/),
      },
      { Action: 'events:PutEvents', Resource: '<EventsBus.Arn>' },
      { Action: 's3:GetObject', Resource: '<StorageResults.Arn>/results/*' },
    ]);
  });

  test('may read the credentials only where it cancels at the vendor', () => {
    const cancelling = synthesise({ api: { cancelAtVendor: true } });

    expect(statements(cancelling)).toContainEqual({
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: '<Credentials>',
    });
    expect(propertiesOf(cancelling, 'AWS::Lambda::Function', 'ApiFunction')).toMatchObject({
      Environment: {
        Variables: {
          [ENV.cancelAtVendor]: 'true',
          [ENV.credentialsSecret]: '<Credentials>',
          [ENV.asposeBaseUrl]: 'https://api.aspose.cloud',
        },
      },
    });
  });

  test('is told names, and gives up before API Gateway does', () => {
    const { Environment, Timeout } = propertiesOf(template, 'AWS::Lambda::Function', 'ApiFunction');

    expect(Environment).toEqual({
      Variables: {
        [ENV.taskTable]: '<StorageTasks>',
        [ENV.resultsBucket]: '<StorageResults>',
        [ENV.stateMachine]: '<WorkflowStateMachine>',
        [ENV.eventBus]: '<EventsBus>',
        [ENV.metricsService]: expect.stringMatching(/^StackOcrCourier\w+$/),
        [ENV.cancelAtVendor]: 'false',
      },
    });
    expect(Timeout).toBeLessThan(30);
  });
});

describe('each route', () => {
  test('is there, once', () => {
    expect(routes().map(({ RouteKey }) => RouteKey)).toEqual(
      TASK_API_ROUTES.map(({ method, path }) => `${method} ${path}`),
    );
  });

  test('S13 U5: is authorised by IAM, unless told otherwise', () => {
    expect(new Set(routes().map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });

  test('is authorised by JSON Web Tokens where an issuer is configured', () => {
    const jwtAuthorizer = { issuer: 'https://issuer.example', audience: ['ocr'] };
    const withJwt = synthesise({ api: { jwtAuthorizer } });

    expect(new Set(routes(withJwt).map(({ AuthorizationType }) => AuthorizationType))).toEqual(
      new Set(['JWT']),
    );
    expect(propertiesOf(withJwt, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['ocr'] },
    });
  });
});

describe('the stage', () => {
  test('S22: throttles, and logs each request under the id that its answer has', () => {
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

  test('throttles as configured', () => {
    const slow = synthesise({ api: { throttling: { requestsPerSecond: 5, burst: 10 } } });

    expect(propertiesOf(slow, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
  });
});

test('browsers may call only from the origins configured: none unless told', () => {
  const open = synthesise({ api: { corsOrigins: ['https://ocr.example'] } });

  expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).not.toHaveProperty('CorsConfiguration');
  expect(propertiesOf(open, 'AWS::ApiGatewayV2::Api')).toMatchObject({
    CorsConfiguration: { AllowOrigins: ['https://ocr.example'], AllowMethods: ['GET', 'POST', 'DELETE'] },
  });
});
