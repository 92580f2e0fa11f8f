import type { Benchmark } from './benchmark.ts';
import { local } from './local/local.ts';
import { polling } from './polling/polling.ts';

/** In the order of docs/performance.md. */
export const BENCHMARKS: readonly Benchmark[] = [polling, local];
