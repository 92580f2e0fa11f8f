import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createWaitingSlots } from '../../functions/adapters/aws/waiting-slots.ts';
import type { TestCourier } from './courier.ts';
import { until } from './until.ts';

/** Number of waiting slots of the deployed stack. */
const SLOTS = 50;

/** Follows the requests of a courier that wait. */
export function openWaiting({ stack, clock }: Pick<TestCourier, 'stack' | 'clock'>) {
  const tableName = stack.resource('AWS::DynamoDB::Table').name;
  const client = new DynamoDBClient(stack.clientConfig('dynamodb'));

  async function waitingRequests(): Promise<number> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    return Items.filter(({ leaseUntil }) => Number(leaseUntil?.N ?? 0) > clock.now()).length;
  }

  return {
    /** Counts the slots that are taken. */
    waitingRequests,
    /** Resolves when a request waits. The clock must stand still meanwhile. */
    untilWaiting: () =>
      until('a request that waits', { seconds: 60, everyMilliseconds: 20 }, async () =>
        (await waitingRequests()) > 0 ? true : undefined,
      ),
    /** Takes all slots. @returns a function that frees them */
    async takeAllSlots(): Promise<() => Promise<void>> {
      const slots = await Promise.all(
        Array.from({ length: SLOTS }, (_, slot) =>
          createWaitingSlots({
            ...{ client, tableName, count: SLOTS },
            now: () => clock.now(),
            random: () => slot / SLOTS,
          }).take(29),
        ),
      );
      return async () => {
        for (const free of slots) await free?.();
      };
    },
  };
}
