import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { DataDirectoryError } from '../../cli/data-directory.ts';

/** Persists the items of DynamoDB, so that they outlive the process. */
export interface ItemStore {
  read(): readonly { readonly key: Buffer; readonly value: Buffer }[];
  /**
   * Makes all changes, or none. A change without a value deletes.
   *
   * @throws ItemStoreError
   */
  write(changes: readonly { readonly key: Uint8Array; readonly value?: Uint8Array }[]): void;
}

/** A failed write. dynalite responds with its status code and body. */
export class ItemStoreError extends Error {
  override readonly name = 'ItemStoreError';
  readonly statusCode = 500;
  readonly body: object;

  constructor(cause: unknown) {
    super('The change could not be stored.', { cause });
    this.body = {
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: `${this.message} ${cause}`,
    };
  }
}

const bytes = z.instanceof(Uint8Array).transform((array) => Buffer.from(array));
const rowSchema = z
  .object({ key: bytes, value: bytes, checksum: z.number() })
  .refine(({ key, value, checksum }) => checksum === checksumOf(key, value));

/** SQLite checks the structure of its file, but not the content. */
const checksumOf = (key: Uint8Array, value: Uint8Array) => crc32(value, crc32(key));

/** @throws DataDirectoryError when an item is damaged */
export function createItemStore(database: DatabaseSync): ItemStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS items (
      key BLOB PRIMARY KEY,
      value BLOB NOT NULL,
      checksum INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`);
  const select = database.prepare('SELECT * FROM items');
  const put = database.prepare('INSERT OR REPLACE INTO items (key, value, checksum) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM items WHERE key = ?');
  const read = () => z.array(rowSchema).safeParse(select.all());
  if (!read().success) throw new DataDirectoryError('has a damaged record of a task');

  return {
    read: () => read().data ?? [],
    write(changes) {
      try {
        database.exec('BEGIN');
        for (const { key, value } of changes) {
          if (value === undefined) remove.run(key);
          else put.run(key, value, checksumOf(key, value));
        }
        database.exec('COMMIT');
      } catch (error) {
        // On a full disk, SQLite may already have rolled back.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw new ItemStoreError(error);
      }
    },
  };
}
