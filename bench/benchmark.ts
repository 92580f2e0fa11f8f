import type * as z from 'zod';

/** Texts by name, made from results. */
type Renderers<Results> = Readonly<Record<string, (results: Results) => string>>;

interface BenchmarkProps<Results extends object> {
  /** As on the command line. Also the key of the results in `--json`. */
  readonly name: string;
  /** Layout of the results in `--json`, which other programs read. */
  readonly layout: z.ZodType<Results>;
  run(progress: (line: string) => void): Promise<Results>;
  /** Markdown tables by the names of their blocks in the documents. */
  readonly tables: Renderers<Results>;
  /** Figures of the README's table by the labels of their rows. */
  readonly headlines: Renderers<Results>;
}

/** What a run puts into the documents. */
interface Report {
  readonly tables: Readonly<Record<string, string>>;
  readonly headlines: Readonly<Record<string, string>>;
}

/** A benchmark whose results may have any layout. */
export interface Benchmark {
  readonly name: string;
  readonly tableNames: readonly string[];
  readonly headlineLabels: readonly string[];
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
    headlineLabels: Object.keys(headlines),
    run: async (progress) => layout.parse(await props.run(progress)),
    report(unchecked) {
      const results = layout.parse(unchecked);
      const render = (renderers: Renderers<Results>) =>
        Object.fromEntries(Object.entries(renderers).map(([key, text]) => [key, text(results)]));
      return { tables: render(tables), headlines: render(headlines) };
    },
  };
}
