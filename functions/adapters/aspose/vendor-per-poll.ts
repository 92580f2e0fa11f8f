import type { LimitFunction } from 'p-limit';
import type { OpenedVendor } from '../../core/batch/chunk-task.ts';
import { createSpools } from './spool.ts';
import { type AsposeOcrOptions, createAsposeOcr } from './task-requests.ts';

export interface VendorPerPollOptions extends Omit<AsposeOcrOptions, 'spools' | 'admitLargeBody'> {
  /** Limits how many large bodies are read and kept at the same time. */
  readonly limitLargeBodies: LimitFunction;
}

/**
 * Opens a client for each poll, so that many polls can be in flight: each has its own memory and
 * temporary file. Small bodies are read at once; a large one waits for its turn, which lasts until
 * its documents are released.
 */
export function createVendorPerPoll({ limitLargeBodies, ...options }: VendorPerPollOptions) {
  return (): OpenedVendor => {
    const spools = createSpools();
    const released = Promise.withResolvers<void>();
    const admitLargeBody = () =>
      new Promise<void>((admit) => {
        void limitLargeBodies(() => {
          admit();
          return released.promise;
        });
      });
    return {
      vendor: createAsposeOcr({ ...options, spools, admitLargeBody }),
      release() {
        spools.close();
        released.resolve();
      },
    };
  };
}
