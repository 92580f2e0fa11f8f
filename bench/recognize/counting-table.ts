import { type AttributeValue, DynamoDBClient, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { LISTING_INDEX } from '../../functions/contracts/listing-index.ts';
import { LISTED_ATTRIBUTES } from '../../lib/result-storage.ts';

type Item = Readonly<Record<string, AttributeValue>>;

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** The attributes of an entry of the index. */
const INDEXED: readonly string[] = [
  'taskId',
  LISTING_INDEX.partitionKey,
  LISTING_INDEX.sortKey,
  ...LISTED_ATTRIBUTES,
];

/**
 * A client of DynamoDB that sends nothing: it keeps the items of a table, and counts the units that
 * AWS bills. There is one writer at a time, so every condition holds.
 *
 * @param onCall called once per request, before it has an effect
 */
export function createCountingTable(onCall: () => void | Promise<void>) {
  const items = new Map<string, Item>();
  const units = { read: 0, written: 0 };
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        await onCall();
        if ('Item' in input && input.Item !== undefined) {
          write(input.Item);
          return { output: { $metadata: {} }, response: {} };
        }
        if (!('Key' in input) || input.Key === undefined)
          throw new TypeError('not GetItem, PutItem or UpdateItem');
        if ('UpdateExpression' in input) {
          write(updated({ ...items.get(idOf(input.Key)), ...input.Key }, input));
          return { output: { $metadata: {} }, response: {} };
        }
        const isConsistent = 'ConsistentRead' in input && input.ConsistentRead === true;
        return { output: { $metadata: {}, Item: read(input.Key, isConsistent) }, response: {} };
      },
    // The SDK's own logging would take most of the time.
    { step: 'initialize', priority: 'high' },
  );

  function read(key: Item, isConsistent: boolean): Record<string, AttributeValue> | undefined {
    const item = items.get(idOf(key));
    const consistentUnits = Math.max(1, Math.ceil(bytesOf(item) / READ_UNIT_BYTES));
    units.read += isConsistent ? consistentUnits : consistentUnits / 2;
    return item && { ...item };
  }

  /** DynamoDB bills the larger of the item before and after, and each change of the index. */
  function write(item: Item): void {
    const before = items.get(idOf(item));
    items.set(idOf(item), item);
    units.written += writeUnits(Math.max(bytesOf(before), bytesOf(item)));
    const [old, entry] = [indexEntry(before), indexEntry(item)];
    if (JSON.stringify(old) === JSON.stringify(entry)) return;
    const isMoved = old?.[LISTING_INDEX.partitionKey]?.S !== entry?.[LISTING_INDEX.partitionKey]?.S;
    units.written += entry === undefined ? 0 : writeUnits(bytesOf(entry));
    units.written += old === undefined || !isMoved ? 0 : writeUnits(bytesOf(old));
  }

  return {
    client,
    units,
    /** Removes the items with these keys without counting, so that memory does not grow. */
    forget(isForgotten: (key: string) => boolean): void {
      for (const key of items.keys()) if (isForgotten(key)) items.delete(key);
    },
  };
}

/** The item after an update that sets attributes or adds to numbers. */
function updated(item: Item, input: UpdateItemCommandInput): Item {
  const changed: Record<string, AttributeValue> = { ...item };
  const { UpdateExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  let action = 'SET';
  for (const assignment of UpdateExpression.split(/,\s*|\s+(?=ADD\s)/)) {
    const [, verb = action, reference = '', placeholder = ''] =
      /^(?:(SET|ADD)\s+)?(\S+)\s+(?:=\s+)?(\S+)$/.exec(assignment) ?? [];
    action = verb;
    const name = ExpressionAttributeNames[reference] ?? reference;
    const value = ExpressionAttributeValues[placeholder];
    if (value === undefined) throw new TypeError(`UpdateExpression: got ${assignment}; allowed: SET and ADD`);
    changed[name] = action === 'SET' ? value : { N: String(Number(changed[name]?.N ?? 0) + Number(value.N)) };
  }
  return changed;
}

function idOf(item: Item): string {
  return item['taskId']?.S ?? '';
}

function indexEntry(item: Item | undefined): Item | undefined {
  if (item?.[LISTING_INDEX.partitionKey] === undefined) return undefined;
  return Object.fromEntries(
    INDEXED.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  );
}

function writeUnits(bytes: number): number {
  return Math.ceil(bytes / WRITE_UNIT_BYTES);
}

/** The size of an item as DynamoDB counts it: names and values. */
function bytesOf(item: Item = {}): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes({ S, N, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (L !== undefined) return L.reduce((sum, value) => sum + valueBytes(value) + 1, 3);
  if (M !== undefined) return bytesOf(M) + Object.keys(M).length + 3;
  return 1;
}
