import { ACCOUNT_ID, arn, REGION } from './aws-account.ts';

/** A resource's name and ARN, and the values that `Ref` and `Fn::GetAtt` return. */
export interface Identity {
  readonly name: string;
  readonly arn: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The URLs of resources that are called over HTTP. */
export interface Places {
  readonly queueUrl: (queueName: string) => string;
  /** The URL of the stack's HTTP API. */
  readonly apiEndpoint: string;
}

interface ResourceType {
  /** The property in which a template may choose the resource's name. */
  readonly nameProperty: string;
  arnOf(name: string): string;
  /** Returns the value of `Ref`. @default - the name */
  refOf?(name: string, places: Places): string;
  /** Returns the values of `Fn::GetAtt` other than the ARN. */
  attributesOf?(places: Places): Readonly<Record<string, string>>;
}

const secretArn = (name: string) => arn('secretsmanager', `secret:${name}-000000`);
const stateMachineArn = (name: string) => arn('states', `stateMachine:${name}`);

/**
 * The types that other resources may refer to, with the return values of the CloudFormation
 * reference. Roles and log groups have no effect here, but state machines and functions contain
 * their names.
 */
export const IDENTIFIED_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': {
    nameProperty: 'ApiId',
    arnOf: (name) => `arn:aws:apigateway:${REGION}::/apis/${name}`,
    attributesOf: ({ apiEndpoint }) => ({ ApiEndpoint: apiEndpoint }),
  },
  'AWS::ApiGatewayV2::Integration': {
    nameProperty: 'IntegrationId',
    arnOf: (name) => `arn:aws:apigateway:${REGION}::/integrations/${name}`,
  },
  'AWS::DynamoDB::Table': { nameProperty: 'TableName', arnOf: (name) => arn('dynamodb', `table/${name}`) },
  'AWS::Events::EventBus': { nameProperty: 'Name', arnOf: (name) => arn('events', `event-bus/${name}`) },
  'AWS::Events::Rule': { nameProperty: 'Name', arnOf: (name) => arn('events', `rule/${name}`) },
  'AWS::IAM::Role': { nameProperty: 'RoleName', arnOf: (name) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}` },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    arnOf: (name) => arn('lambda', `function:${name}`),
  },
  'AWS::Lambda::EventSourceMapping': {
    nameProperty: 'Id',
    arnOf: (name) => arn('lambda', `event-source-mapping:${name}`),
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    arnOf: (name) => arn('logs', `log-group:${name}:*`),
  },
  'AWS::S3::Bucket': { nameProperty: 'BucketName', arnOf: (name) => `arn:aws:s3:::${name}` },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', arnOf: secretArn, refOf: secretArn },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    arnOf: (name) => arn('sqs', name),
    refOf: (name, { queueUrl }) => queueUrl(name),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    arnOf: stateMachineArn,
    refOf: stateMachineArn,
  },
};

/** Types that are read, although no resource refers to them. */
const CONFIGURING_TYPES = new Set([
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Lambda::EventInvokeConfig',
]);

/** Types without effect in a local run: permissions and observability. */
const IGNORED_TYPES = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Events::Archive',
  'AWS::IAM::Policy',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
]);

export function isKnownType(type: string): boolean {
  return type in IDENTIFIED_TYPES || CONFIGURING_TYPES.has(type) || IGNORED_TYPES.has(type);
}
