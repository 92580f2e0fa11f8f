import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

const mappingSchema = z.object({
  BatchSize: z.literal(1, 'only a BatchSize of 1 is supported'),
  Enabled: z.literal(false, 'only mappings that an operator enables are supported'),
  EventSourceArn: z.string(),
  FunctionName: z.string(),
});

export interface EventSourceMappingsOptions {
  readonly template: Template;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly sqs: SQSClient;
}

/** The mappings from queues to functions. All are disabled until an operator enables them. */
export interface EventSourceMappings {
  /**
   * Delivers each message of the queue once, as Lambda does after an operator enables the mapping.
   * The function receives the messages one by one. Handled messages are deleted.
   */
  drain(uuid: string): Promise<void>;
}

/** @throws UnsupportedError for a mapping whose queue or function is not in the stack */
export function readEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const { template, functions, sqs } = options;
  const queues = template.resources('AWS::SQS::Queue');
  const functionResources = template.resources('AWS::Lambda::Function');
  const mappings = new Map(
    template.resources('AWS::Lambda::EventSourceMapping').map((resource) => {
      const { EventSourceArn, FunctionName } = template.read(resource, mappingSchema);
      const queue = queues.find(({ arn }) => arn === EventSourceArn);
      const target = functionResources.find(({ arn, name }) => [arn, name].includes(FunctionName));
      const lambdaFunction = functions.get(target?.arn ?? '');
      if (queue === undefined || lambdaFunction === undefined) {
        const got = `got a mapping from ${EventSourceArn} to ${FunctionName}`;
        throw new UnsupportedError(
          `${resource.logicalId}: ${got}; allowed: a queue and function of the stack`,
        );
      }
      return [resource.name, { QueueUrl: queue.ref, lambdaFunction }] as const;
    }),
  );

  return {
    async drain(uuid) {
      const mapping = mappings.get(uuid);
      if (mapping === undefined)
        throw new Error(`event source mapping: got ${uuid}; allowed: ${[...mappings.keys()].join(', ')}`);
      const { QueueUrl, lambdaFunction } = mapping;
      for (;;) {
        const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        if (message === undefined) return;
        try {
          await lambdaFunction.invokeWhenFree({ Records: [{ body: message.Body }] });
        } catch (error) {
          if (error instanceof LambdaFunctionError) continue;
          throw error;
        }
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      }
    },
  };
}
