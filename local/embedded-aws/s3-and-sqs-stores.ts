import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { BuildAppOptions } from 'fauxqs';
import { z } from 'zod';
import { type DataDirectory, DataDirectoryError, JOURNAL, readStored } from '../../cli/data-directory.ts';
import { listInOrder } from './object-listing.ts';

export type Stores = Required<BuildAppOptions>['stores'];

/** The buckets and queues of fauxqs. */
export interface OpenStores {
  readonly stores: Stores;
  /** Replaces the metadata of an object. */
  setMetadata(bucket: string, key: string, metadata: Record<string, string>): void;
  close(): void;
}

/** The SQLite database of fauxqs. It writes every change before it responds. */
interface Persistence {
  readonly db: DatabaseSync;
  load(...stores: [Stores['sqsStore'], Stores['snsStore'], Stores['s3Store']]): void;
  close(): void;
}

const classOf = <Args extends unknown[], T>() =>
  z.custom<new (...args: Args) => T>((value) => typeof value === 'function');
const sqsModule = z.object({ SqsStore: classOf<[], Stores['sqsStore']>() });
const snsModule = z.object({ SnsStore: classOf<[], Stores['snsStore']>() });
const s3Module = z.object({ S3Store: classOf<[], Stores['s3Store']>() });
const persistenceModule = z.object({ PersistenceManager: classOf<[directory: string], Persistence>() });

/** The name that fauxqs gives to its database. */
const DATABASE_FILE = 's3-and-sqs/fauxqs.db';

/**
 * Opens the stores of fauxqs in a directory, as its `startFauxqs` does. That function cannot be
 * used: it listens on all interfaces and limits bodies to 11 MiB. Its parts are not exported, so
 * package.json pins the version.
 *
 * @param data stores objects and messages; in memory by default
 * @throws DataDirectoryError when they are damaged
 */
export async function openStores(data?: DataDirectory): Promise<OpenStores> {
  const part = async <T>(schema: z.ZodType<T>, file: string): Promise<T> =>
    schema.parse(await import(new URL(file, import.meta.resolve('fauxqs')).href));
  const { SqsStore } = await part(sqsModule, 'sqs/sqsStore.js');
  const { SnsStore } = await part(snsModule, 'sns/snsStore.js');
  const { S3Store } = await part(s3Module, 's3/s3Store.js');
  const { PersistenceManager } = await part(persistenceModule, 'persistence.js');
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  listInOrder(stores.s3Store);
  function setInMemory(bucket: string, key: string, metadata: Record<string, string>): void {
    // A copy of an object shares its metadata.
    stores.s3Store.headObject(bucket, key).metadata = metadata;
  }
  if (data === undefined) return { stores, setMetadata: setInMemory, close() {} };

  const persistence = new PersistenceManager(dirname(data.otherDatabase(DATABASE_FILE)));
  persistence.db.exec(JOURNAL);
  data.created(DATABASE_FILE);
  const makeVisible = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  // The statement of fauxqs fails: it also deletes the receive count, which is not nullable.
  Object.assign(persistence, { updateMessageReady: (messageId: string) => makeVisible.run(messageId) });
  readStored(() => persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store));
  checkObjects(persistence.db);
  // Set after loading. Otherwise all loaded data would be written again.
  Object.assign(stores.sqsStore, { persistence });
  Object.assign(stores.s3Store, { persistence });
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });
  const setStored = persistence.db.prepare('UPDATE s3_objects SET metadata = ? WHERE bucket = ? AND key = ?');
  return {
    stores,
    setMetadata(bucket, key, metadata) {
      setStored.run(JSON.stringify(metadata), bucket, key);
      setInMemory(bucket, key, metadata);
    },
    close: () => persistence.close(),
  };
}

const objectSchema = z.object({ key: z.string(), body: z.instanceof(Uint8Array), etag: z.string() });

/** Compares objects with their ETags, which are MD5 hashes except after a multipart upload. */
function checkObjects(database: DatabaseSync): void {
  const objects = database.prepare("SELECT key, body, etag FROM s3_objects WHERE etag NOT LIKE '%-%'");
  for (const row of objects.iterate()) {
    const { key, body, etag } = objectSchema.parse(row);
    const hash = createHash('md5').update(body).digest('hex');
    if (etag !== `"${hash}"`) throw new DataDirectoryError(`has a damaged object ${key}`);
  }
}
