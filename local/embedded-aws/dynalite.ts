import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { ItemStore } from './item-store.ts';

export interface DynaliteOptions {
  /** Milliseconds for which a table stays in the state CREATING. */
  readonly createTableMs?: number;
  /** Where items are stored. dynalite passes it to its database. @default - in memory */
  readonly path?: ItemStore;
}

/** The part of memory-level that changes data. */
interface MemoryLevel {
  _open(options: object): Promise<void>;
  _put(key: Buffer, value: Buffer, options: object): Promise<void>;
  _del(key: Buffer, options: object): Promise<void>;
  _batch(changes: readonly Change[], options: object): Promise<void>;
}
type Change =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: Buffer };

const memoryLevelModule = z.object({
  MemoryLevel: z.custom<new (location: '', options: object) => MemoryLevel>(
    (value) => typeof value === 'function',
  ),
});

const requireHere = createRequire(import.meta.url);
const requireInDynalite = createRequire(requireHere.resolve('dynalite'));
const { MemoryLevel } = memoryLevelModule.parse(requireInDynalite('memory-level'));

/** The database of dynalite in memory. It stores every change before it makes it. */
class StoredLevel extends MemoryLevel {
  readonly #store: ItemStore;

  constructor(store: ItemStore, options: object) {
    super('', options);
    this.#store = store;
  }

  override async _open(options: object): Promise<void> {
    await super._open(options);
    for (const { key, value } of this.#store.read()) await super._put(key, value, {});
  }

  override async _put(key: Buffer, value: Buffer, options: object): Promise<void> {
    this.#store.write([{ key, value }]);
    await super._put(key, value, options);
  }

  override async _del(key: Buffer, options: object): Promise<void> {
    this.#store.write([{ key }]);
    await super._del(key, options);
  }

  override async _batch(changes: readonly Change[], options: object): Promise<void> {
    this.#store.write(changes);
    await super._batch(changes, options);
  }
}

// dynalite stores items in LevelDB, which does not notice when a part of its log is lost, and after
// a failed write accepts no others. dynalite reads this property when it is loaded.
Object.assign(requireInDynalite('level'), { Level: StoredLevel });

/** Creates a server of DynamoDB's API. */
export const createDynalite = z
  .custom<(options: DynaliteOptions) => Server>((value) => typeof value === 'function')
  .parse(requireHere('dynalite'));
