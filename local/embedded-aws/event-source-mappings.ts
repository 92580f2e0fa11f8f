import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';
import type { Template } from './template.ts';
import { UnsupportedError } from './unsupported-error.ts';

const mappingSchema = z.object({
  BatchSize: z.literal(1, 'only a BatchSize of 1 is served'),
  Enabled: z.literal(false, 'only mappings that an operator enables are served'),
  EventSourceArn: z.string(),
  FunctionName: z.string(),
});

export interface EventSourceMappingsOptions {
  readonly template: Template;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly sqs: SQSClient;
}

/** Queues that lead to functions, all disabled: what an operator does with one is done by `drain`. */
export interface EventSourceMappings {
  /**
   * Does what Lambda does with a mapping from its being enabled until each message has been tried once: the function
   * gets them one by one, those that it handles are deleted, the others stay.
   */
  drain(uuid: string): Promise<void>;
}

/** @throws UnsupportedError for a mapping that is not from a queue of the stack to a function of the stack */
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
        throw new UnsupportedError(
          `${resource.logicalId} does not lead from a queue of the stack to a function of it.`,
        );
      }
      return [resource.name, { QueueUrl: queue.ref, lambdaFunction }] as const;
    }),
  );

  return {
    async drain(uuid) {
      const mapping = mappings.get(uuid);
      if (mapping === undefined) throw new Error(`There is no event source mapping ${uuid}.`);
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
