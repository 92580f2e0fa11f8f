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

/** A permission on every execution of a state machine: each has a name of its own. */
export function acknowledgeExecutions(role: Construct, stateMachine: IConstruct): void {
  const machineArn = JSON.stringify({ Ref: logicalIdOf(stateMachine) });
  const machineName = `{"Fn::Select":[6,{"Fn::Split":[":",${machineArn}]}]}`;
  const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName}:*`;
  acknowledge(role, `IAM5[Resource::${executions}]`, 'Each execution has its own name');
}

function logicalIdOf(resource: IConstruct): string {
  const { defaultChild, path } = resource.node;
  if (!CfnResource.isCfnResource(defaultChild)) throw new TypeError(`${path} has no resource of its own`);
  return Stack.of(resource).getLogicalId(defaultChild);
}
