import type { Benchmark } from './benchmark.ts';
import { local } from './local/local.ts';

/** In the order of docs/performance.md. */
export const BENCHMARKS: readonly Benchmark[] = [local];
