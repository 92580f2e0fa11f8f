import type * as z from 'zod';

interface BenchmarkProps<Results extends object> {
  /** As on the command line. Also the key of the results in `--json`. */
  readonly name: string;
  /** Layout of the results in `--json`, which other programs read. */
  readonly layout: z.ZodType<Results>;
  run(progress: (line: string) => void): Promise<Results>;
  /** Markdown tables by the names of their blocks in the documents. */
  readonly tables: Readonly<Record<string, (results: Results) => string>>;
  /** Cells of the README's table, by the first cell of their row. */
  headlines(results: Results): Readonly<Record<string, string>>;
}

/** What a run puts into the documents. */
export interface Report {
  readonly tables: Readonly<Record<string, string>>;
  readonly headlines: Readonly<Record<string, string>>;
}

/** A benchmark whose results may have any layout. */
export interface Benchmark {
  readonly name: string;
  readonly tableNames: readonly string[];
  run(progress: (line: string) => void): Promise<object>;
  /** @param results of `run` */
  report(results: unknown): Report;
}

/** Checks the results against their layout. */
export function defineBenchmark<Results extends object>(props: BenchmarkProps<Results>): Benchmark {
  const { name, layout, tables, headlines } = props;
  return {
    name,
    tableNames: Object.keys(tables),
    run: async (progress) => layout.parse(await props.run(progress)),
    report(unchecked) {
      const results = layout.parse(unchecked);
      const rendered = Object.entries(tables).map(([table, render]) => [table, render(results)]);
      return { tables: Object.fromEntries(rendered), headlines: headlines(results) };
    },
  };
}
