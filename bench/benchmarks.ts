import type { Benchmark } from './benchmark.ts';
import { decode } from './decode/decode.ts';
import { local } from './local/local.ts';

/** In the order of docs/performance.md. */
export const BENCHMARKS: readonly Benchmark[] = [local, decode];
