import type { BuildAppOptions } from 'fauxqs';
import { z } from 'zod';

type Stores = Required<BuildAppOptions>['stores'];

/** What buckets and queues are kept in. */
export interface KeptStores {
  readonly stores: Stores;
  close(): void;
}

/** SQLite, as fauxqs writes it: every change before it is answered. */
interface Persistence {
  load(...stores: [Stores['sqsStore'], Stores['snsStore'], Stores['s3Store']]): void;
  close(): void;
}

const classOf = <Args extends unknown[], T>() =>
  z.custom<new (...args: Args) => T>((value) => typeof value === 'function');
const sqsModule = z.object({ SqsStore: classOf<[], Stores['sqsStore']>() });
const snsModule = z.object({ SnsStore: classOf<[], Stores['snsStore']>() });
const s3Module = z.object({ S3Store: classOf<[], Stores['s3Store']>() });
const persistenceModule = z.object({ PersistenceManager: classOf<[directory: string], Persistence>() });

/**
 * Opens the stores of fauxqs in a directory, as its `startFauxqs` does. That function itself would listen on all
 * interfaces and take 11 MiB at most, and the parts that it puts together are not exported: hence the exact version
 * in package.json.
 */
export async function openKeptStores(directory: string): Promise<KeptStores> {
  const part = async <T>(schema: z.ZodType<T>, file: string): Promise<T> =>
    schema.parse(await import(new URL(file, import.meta.resolve('fauxqs')).href));
  const { SqsStore } = await part(sqsModule, 'sqs/sqsStore.js');
  const { SnsStore } = await part(snsModule, 'sns/snsStore.js');
  const { S3Store } = await part(s3Module, 's3/s3Store.js');
  const { PersistenceManager } = await part(persistenceModule, 'persistence.js');

  const persistence = new PersistenceManager(directory);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  // Only now: what is loaded would be written again, over itself.
  Object.assign(stores.sqsStore, { persistence });
  Object.assign(stores.s3Store, { persistence });
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });
  return { stores, close: () => persistence.close() };
}
