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
  const { defaultChild, path } = resource.node;
  if (!CfnResource.isCfnResource(defaultChild)) throw new TypeError(`${path} has no resource of its own`);
  const logicalId = Stack.of(resource).getLogicalId(defaultChild);
  acknowledge(role, `IAM5[Resource::<${logicalId}.Arn>${suffix}]`, reason);
}
