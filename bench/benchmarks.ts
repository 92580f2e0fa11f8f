import type { Benchmark } from './benchmark.ts';
import { local } from './local/local.ts';
import { scale } from './scale/scale.ts';

/** In the order of docs/performance.md. */
export const BENCHMARKS: readonly Benchmark[] = [local, scale];
