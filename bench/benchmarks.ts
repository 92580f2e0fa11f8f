import { batch } from './batch/batch.ts';
import type { Benchmark } from './benchmark.ts';
import { decode } from './decode/decode.ts';
import { polling } from './polling/polling.ts';
import { recognize } from './recognize/recognize.ts';
import { scale } from './scale/scale.ts';
import { startup } from './startup/startup.ts';
import { throughput } from './throughput/throughput.ts';

export const BENCHMARKS: readonly Benchmark[] = [
  polling,
  decode,
  startup,
  throughput,
  scale,
  recognize,
  batch,
];
