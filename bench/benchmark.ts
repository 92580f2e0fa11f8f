import type * as z from 'zod';

/** One line of the README's table. */
export interface Headline {
  readonly measured: string;
  readonly result: string;
  /** What we set out to reach, if anything. */
  readonly goal?: string;
}

export interface BenchmarkProps<Results extends object> {
  /** As on the command line, and the key of its results. */
  readonly name: string;
  /** The layout of the results in `--json`: other programs read it. */
  readonly results: z.ZodType<Results>;
  /** Measures. Says on `progress` what it is at. */
  run(progress: (line: string) => void): Promise<Results>;
  /** The section of docs/performance.md: method and tables, in Markdown, from a heading of level two. */
  report(results: Results): string;
  headlines(results: Results): readonly Headline[];
  /** A page of its own beside the section. @default - none */
  readonly page?: {
    /** In docs. */
    readonly file: string;
    text(results: Results): string;
  };
}

/** A benchmark whose results come from a run or from a file. */
export interface Benchmark {
  readonly name: string;
  run(progress: (line: string) => void): Promise<object>;
  report(results: unknown): string;
  headlines(results: unknown): readonly Headline[];
  readonly page?: { readonly file: string; text(results: unknown): string };
}

/** Checks results against their layout wherever they come from. */
export function defineBenchmark<Results extends object>(props: BenchmarkProps<Results>): Benchmark {
  const { name, results: layout, page } = props;
  return {
    name,
    run: async (progress) => layout.parse(await props.run(progress)),
    report: (results) => props.report(layout.parse(results)),
    headlines: (results) => props.headlines(layout.parse(results)),
    ...(page !== undefined && {
      page: { file: page.file, text: (results: unknown) => page.text(layout.parse(results)) },
    }),
  };
}
