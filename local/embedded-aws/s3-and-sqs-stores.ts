import type { BuildAppOptions } from 'fauxqs';
import { z } from 'zod';

type Stores = Required<BuildAppOptions>['stores'];

/** Buckets and queues that outlive the process. */
export interface PersistentStores {
  readonly stores: Stores;
  close(): void;
}

/** The SQLite database of fauxqs. It writes every change before it responds. */
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
 * Opens the stores of fauxqs in a directory, as its `startFauxqs` does. That function cannot be
 * used: it listens on all interfaces and limits bodies to 11 MiB. Its parts are not exported, so
 * package.json pins the version.
 */
export async function openPersistentStores(directory: string): Promise<PersistentStores> {
  const part = async <T>(schema: z.ZodType<T>, file: string): Promise<T> =>
    schema.parse(await import(new URL(file, import.meta.resolve('fauxqs')).href));
  const { SqsStore } = await part(sqsModule, 'sqs/sqsStore.js');
  const { SnsStore } = await part(snsModule, 'sns/snsStore.js');
  const { S3Store } = await part(s3Module, 's3/s3Store.js');
  const { PersistenceManager } = await part(persistenceModule, 'persistence.js');

  const persistence = new PersistenceManager(directory);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  // Set after loading. Otherwise all loaded data would be written again.
  Object.assign(stores.sqsStore, { persistence });
  Object.assign(stores.s3Store, { persistence });
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });
  return { stores, close: () => persistence.close() };
}
