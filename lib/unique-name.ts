import { Aws, Fn, Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Returns a name for a construct that no other stack of the account uses, because it begins with
 * the name of the stack. CDK's own default names begin with the id of the stack instead, which two
 * deployments of one app can share.
 *
 * @param maxLength the limit of the AWS service, in characters
 */
export function uniqueName(construct: Construct, maxLength: number): string {
  return Names.uniqueResourceName(construct, { maxLength, separator: '-', allowedSpecialCharacters: '-' });
}

/**
 * Step Functions allows 256 characters for the ARN of a log group. The rest of it has about 125: a
 * partition and a region with long names, the prefix, and a GUID.
 */
const MAX_LOG_GROUP_STEM = 120;

/**
 * Returns the name of a log group to which an AWS service delivers logs.
 *
 * The prefix keeps the log group out of the account's policy for log delivery, which is limited to
 * 5,120 characters for all log groups together. The stack's own GUID is part of the name because a
 * retained log group keeps its name when the stack is deleted and deployed again.
 */
export function vendedLogGroupName(construct: Construct, service: 'apigateway' | 'states'): string {
  const stackGuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `/aws/vendedlogs/${service}/${uniqueName(construct, MAX_LOG_GROUP_STEM)}/${stackGuid}`;
}
