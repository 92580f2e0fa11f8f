import { ACCOUNT_ID, arn, REGION } from './aws-account.ts';

/** How a resource is known: what its name, its ARN, `Ref` and `Fn::GetAtt` give. */
export interface Identity {
  readonly name: string;
  readonly arn: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where things are that are spoken to over HTTP. */
export interface Places {
  readonly queueUrl: (queueName: string) => string;
  /** Of the stack's HTTP API. */
  readonly apiEndpoint: string;
}

interface ResourceType {
  /** The property that names the resource, where its author chose a name. */
  readonly nameProperty: string;
  identify(name: string, places: Places): Identity;
}

const byName = (name: string, itsArn: string, attributes: Record<string, string> = {}): Identity => ({
  name,
  arn: itsArn,
  ref: name,
  attributes: { Arn: itsArn, ...attributes },
});

const byArn = (name: string, itsArn: string, attributes: Record<string, string> = {}): Identity => ({
  ...byName(name, itsArn, attributes),
  ref: itsArn,
});

const table: ResourceType = {
  nameProperty: 'TableName',
  identify: (name) => byName(name, arn('dynamodb', `table/${name}`)),
};

/**
 * The types that other resources may refer to, with what the CloudFormation reference says under "Return values".
 * Roles and log groups do nothing here, but state machines and functions carry their names.
 */
export const IDENTIFIED_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': {
    nameProperty: 'ApiId',
    identify: (name, { apiEndpoint }) =>
      byName(name, `arn:aws:apigateway:${REGION}::/apis/${name}`, {
        ApiEndpoint: apiEndpoint,
        ApiId: name,
      }),
  },
  'AWS::ApiGatewayV2::Integration': {
    nameProperty: 'IntegrationId',
    identify: (name) => byName(name, `arn:aws:apigateway:${REGION}::/integrations/${name}`),
  },
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    identify: (name) => byName(name, arn('events', `event-bus/${name}`), { Name: name }),
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    identify: (name) => byName(name, arn('events', `rule/${name}`)),
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    identify: (name) => byName(name, `arn:aws:iam::${ACCOUNT_ID}:role/${name}`),
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    identify: (name) => byName(name, arn('lambda', `function:${name}`)),
  },
  'AWS::Lambda::EventSourceMapping': {
    nameProperty: 'Id',
    identify: (name) => byName(name, arn('lambda', `event-source-mapping:${name}`), { Id: name }),
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    identify: (name) => byName(name, arn('logs', `log-group:${name}:*`)),
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: (name) =>
      byName(name, `arn:aws:s3:::${name}`, {
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
      }),
  },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    identify: (name) =>
      byArn(name, arn('secretsmanager', `secret:${name}-000000`), {
        Id: arn('secretsmanager', `secret:${name}-000000`),
      }),
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: (name, { queueUrl }) => ({
      ...byName(name, arn('sqs', name), { QueueName: name, QueueUrl: queueUrl(name) }),
      ref: queueUrl(name),
    }),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: (name) => byArn(name, arn('states', `stateMachine:${name}`), { Name: name }),
  },
};

/** Types that are read, though nothing refers to them. */
const CONFIGURING_TYPES = new Set([
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Lambda::EventInvokeConfig',
]);

/** Types that change nothing in what a local run does: who may do what, and who watches. */
const IGNORED_TYPES = new Set([
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
  'Custom::LogRetention',
  'Custom::S3AutoDeleteObjects',
]);

export function isKnownType(type: string): boolean {
  return type in IDENTIFIED_TYPES || CONFIGURING_TYPES.has(type) || IGNORED_TYPES.has(type);
}
