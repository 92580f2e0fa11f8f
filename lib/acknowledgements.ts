import { AspectPriority, Aspects, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/**
 * Records why a finding of cdk-nag's AwsSolutions rules is accepted.
 *
 * @param rule such as `S1`, or `IAM5[Resource::*]` for one finding of a rule
 */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  acknowledgeForVersion3(scope, rule, reason);
  acknowledgeForVersion2(scope, rule, reason);
}

function acknowledgeForVersion3(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/**
 * Writes the acknowledgement into the metadata of each resource, where cdk-nag 2 reads it: apps
 * that use the construct may have that version. An aspect also reaches policies that are created
 * later, and runs before the rules.
 */
function acknowledgeForVersion2(scope: IConstruct, rule: string, reason: string): void {
  const [, id = rule, finding] = /^(\w+)\[(.+)\]$/.exec(rule) ?? [];
  const suppression = {
    id: `AwsSolutions-${id}`,
    reason,
    ...(finding !== undefined && { applies_to: [finding] }),
  };
  const visit = (node: IConstruct) => {
    if (!CfnResource.isCfnResource(node)) return;
    const { rules_to_suppress: others = [] } = node.getMetadata('cdk_nag') ?? {};
    node.addMetadata('cdk_nag', { rules_to_suppress: [...others, suppression] });
  };
  Aspects.of(scope).add({ visit }, { priority: AspectPriority.MUTATING });
}

/** Accepts `*` for X-Ray and the delivery of Step Functions logs, which allow nothing narrower. */
export function acknowledgeUnscopedServices(role: IConstruct): void {
  acknowledge(role, 'IAM5[Resource::*]', 'X-Ray and log delivery have no resource-level permissions');
}

/** Accepts a wildcard for what one resource contains: `<Arn>/results/*` or `<Arn>:*`. */
export function acknowledgeBelow(
  role: IConstruct,
  resource: IConstruct,
  suffix: string,
  reason: string,
): void {
  acknowledge(role, `IAM5[Resource::<${logicalIdOf(resource)}.Arn>${suffix}]`, reason);
}

/** Accepts a wildcard for the objects of a bucket that the owner of the stack names as a source. */
export function acknowledgeObjects(role: IConstruct, bucket: IBucket | Bucket): void {
  const reason = 'The owner of the stack names the bucket; its keys are unknown in advance';
  const findRule = () => {
    const arn: unknown = Stack.of(role).resolve(bucket.arnForObjects('*'));
    return `IAM5[Resource::${describeArn(arn)}]`;
  };
  const rule = findRule();
  acknowledge(role, rule, reason);
  // The ARN of a bucket in another stack becomes an import between the runs of cdk-nag 2 and 3.
  const validate = () => {
    const resolvedRule = findRule();
    if (resolvedRule !== rule) acknowledgeForVersion3(role, resolvedRule, reason);
    return [];
  };
  role.node.addValidation({ validate });
}

/** Describes a resolved ARN as cdk-nag does. */
function describeArn(resolved: unknown): string {
  if (typeof resolved !== 'object' || resolved === null) return String(resolved);
  const [[intrinsic, value] = []] = Object.entries(resolved);
  switch (intrinsic) {
    case 'Fn::Join':
      return value[1].map(describeArn).join(value[0]);
    case 'Fn::GetAtt':
      return `<${value.join('.')}>`;
    case 'Fn::ImportValue':
      return describeArn(value);
    case 'Ref':
      return `<${value}>`;
    default:
      return JSON.stringify(resolved);
  }
}

/** Accepts a wildcard for the executions of a state machine: their names are unknown in advance. */
export function acknowledgeExecutions(role: IConstruct, stateMachine: IConstruct): void {
  const executions = `${executionsArn(stateMachine)}:*`;
  acknowledge(role, `IAM5[Resource::${executions}]`, 'Each execution has its own name');
}

/** Accepts a wildcard for the runs of a Distributed Map, which its state machine may redrive. */
export function acknowledgeMapRuns(role: IConstruct, stateMachine: IConstruct, label: string): void {
  const mapRuns = `${executionsArn(stateMachine)}/${label}:*`;
  acknowledge(role, `IAM5[Resource::${mapRuns}]`, 'Each run of the Map has its own name');
}

/** Describes the ARN of a state machine's executions, without a name, as cdk-nag does. */
function executionsArn(stateMachine: IConstruct): string {
  const machineArn = JSON.stringify({ Ref: logicalIdOf(stateMachine) });
  const machineName = `{"Fn::Select":[6,{"Fn::Split":[":",${machineArn}]}]}`;
  return `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName}`;
}

function logicalIdOf(resource: IConstruct): string {
  const { defaultChild, path } = resource.node;
  if (!CfnResource.isCfnResource(defaultChild))
    throw new TypeError(`${path} has no default child that is a CloudFormation resource`);
  return Stack.of(resource).getLogicalId(defaultChild);
}
