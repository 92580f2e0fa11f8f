import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/** Findings of cdk-nag's AwsSolutions pack that stand, and why. */

/** @param rule such as `S1`, or `IAM5[Resource::*]` for one finding of a rule */
export function acknowledge(scope: Construct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** X-Ray, and the delivery of Step Functions' logs, know no narrower resource than `*`. */
export function acknowledgeUnscopedServices(role: Construct): void {
  acknowledge(role, 'IAM5[Resource::*]', 'X-Ray and log delivery have no resource-level permissions');
}

/** A permission on everything below one resource, `<Arn>/results/*` or `<Arn>:*`. */
export function acknowledgeBelow(
  role: Construct,
  resource: IConstruct,
  suffix: string,
  reason: string,
): void {
  acknowledge(role, `IAM5[Resource::<${logicalIdOf(resource)}.Arn>${suffix}]`, reason);
}

/** A permission on the executions of one state machine, each of which has its own ARN. */
export function acknowledgeExecutions(role: Construct, stateMachine: IConstruct): void {
  const name = `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${logicalIdOf(stateMachine)}"}]}]}`;
  acknowledge(
    role,
    `IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}:*]`,
    'Executions are named after tasks',
  );
}

function logicalIdOf(resource: IConstruct): string {
  const { defaultChild, path } = resource.node;
  if (!CfnResource.isCfnResource(defaultChild)) throw new TypeError(`${path} has no resource of its own`);
  return Stack.of(resource).getLogicalId(defaultChild);
}
