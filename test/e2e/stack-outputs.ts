import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** A stack as CloudFormation describes it. */
export interface DeployedStack {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** @throws CloudFormation's ValidationError when the stack does not exist */
export async function describeStack(stackName: string): Promise<DeployedStack> {
  const { Stacks } = await new CloudFormationClient().send(
    new DescribeStacksCommand({ StackName: stackName }),
  );
  const { StackStatus = 'UNKNOWN', Outputs = [] } = Stacks?.[0] ?? {};
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }): [string, string] => [
    OutputKey,
    OutputValue,
  ]);
  return { status: StackStatus, outputs: Object.fromEntries(outputs) };
}
