import { ACCOUNT_ID, arn, REGION } from './aws-account.ts';

/** A resource's name and ARN, and what `Ref` and `Fn::GetAtt` return for it. */
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
  identify(name: string, places: Places): Identity;
}

type Attributes = (name: string, places: Places) => Record<string, string>;

/** A type whose `Ref` is the resource's name. */
function byName(
  nameProperty: string,
  arnOf: (name: string) => string,
  attributesOf: Attributes = () => ({}),
): ResourceType {
  return {
    nameProperty,
    identify: (name, places) => {
      const attributes = { Arn: arnOf(name), ...attributesOf(name, places) };
      return { name, arn: attributes.Arn, ref: name, attributes };
    },
  };
}

/** A type whose `Ref` is one of the resource's attributes. */
function byAttribute(attribute: string, type: ResourceType): ResourceType {
  return {
    ...type,
    identify: (name, places) => {
      const identity = type.identify(name, places);
      return { ...identity, ref: identity.attributes[attribute] ?? name };
    },
  };
}

const table = byName('TableName', (name) => arn('dynamodb', `table/${name}`));
const secretArn = (name: string) => arn('secretsmanager', `secret:${name}-000000`);

/**
 * The types that other resources may refer to, with the return values of the CloudFormation
 * reference. Roles and log groups have no effect here, but state machines and functions contain
 * their names.
 */
export const IDENTIFIED_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': byName(
    'ApiId',
    (name) => `arn:aws:apigateway:${REGION}::/apis/${name}`,
    (name, { apiEndpoint }) => ({ ApiEndpoint: apiEndpoint, ApiId: name }),
  ),
  'AWS::ApiGatewayV2::Integration': byName(
    'IntegrationId',
    (name) => `arn:aws:apigateway:${REGION}::/integrations/${name}`,
  ),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': byName(
    'Name',
    (name) => arn('events', `event-bus/${name}`),
    (name) => ({ Name: name }),
  ),
  'AWS::Events::Rule': byName('Name', (name) => arn('events', `rule/${name}`)),
  'AWS::IAM::Role': byName('RoleName', (name) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`),
  'AWS::KinesisFirehose::DeliveryStream': byName('DeliveryStreamName', (name) =>
    arn('firehose', `deliverystream/${name}`),
  ),
  'AWS::Lambda::Function': byName('FunctionName', (name) => arn('lambda', `function:${name}`)),
  'AWS::Lambda::EventSourceMapping': byName(
    'Id',
    (name) => arn('lambda', `event-source-mapping:${name}`),
    (name) => ({ Id: name }),
  ),
  'AWS::Logs::LogGroup': byName('LogGroupName', (name) => arn('logs', `log-group:${name}:*`)),
  'AWS::Logs::LogStream': byName('LogStreamName', (name) => arn('logs', `log-group:*:log-stream:${name}`)),
  'AWS::S3::Bucket': byName(
    'BucketName',
    (name) => `arn:aws:s3:::${name}`,
    (name) => ({
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
    }),
  ),
  'AWS::SecretsManager::Secret': byAttribute(
    'Arn',
    byName('Name', secretArn, (name) => ({ Id: secretArn(name) })),
  ),
  'AWS::SQS::Queue': byAttribute(
    'QueueUrl',
    byName(
      'QueueName',
      (name) => arn('sqs', name),
      (name, { queueUrl }) => ({ QueueName: name, QueueUrl: queueUrl(name) }),
    ),
  ),
  'AWS::StepFunctions::StateMachine': byAttribute(
    'Arn',
    byName(
      'StateMachineName',
      (name) => arn('states', `stateMachine:${name}`),
      (name) => ({ Name: name }),
    ),
  ),
};

/** Types that are read, although no resource refers to them. */
const CONFIGURING_TYPES = new Set([
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Lambda::EventInvokeConfig',
]);

/** Types without effect in a local run: permissions and observability. */
const IGNORED_TYPES = new Set([
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::Athena::NamedQuery',
  'AWS::Athena::WorkGroup',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
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
