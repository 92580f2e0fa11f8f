/** Functions that make a text from results, by the name of the text. */
type Renderers<Results> = Readonly<Record<string, (results: Results) => string>>;

interface BenchmarkProps<Results extends object> {
  /** Name on the command line, and key of the results in `--json`. */
  readonly name: string;
  run(progress: (line: string) => void): Promise<Results>;
  /** Markdown tables by the names of their blocks in the documents. */
  readonly tables: Renderers<Results>;
  /** Figures of the README's table by the labels of their rows. */
  readonly headlines: Renderers<Results>;
  /** SVG files of `docs/pictures` by their names without extension. @default - none */
  readonly charts?: Renderers<Results>;
}

/** The outcome of one run. */
export interface Report {
  /** Printed by `--json`; other programs read this layout. */
  readonly results: object;
  readonly tables: Readonly<Record<string, string>>;
  readonly headlines: Readonly<Record<string, string>>;
  readonly charts: Readonly<Record<string, string>>;
}

/** A benchmark, without the type of its results. */
export interface Benchmark {
  readonly name: string;
  readonly tableNames: readonly string[];
  readonly headlineLabels: readonly string[];
  readonly chartNames: readonly string[];
  run(progress: (line: string) => void): Promise<Report>;
}

/** Hides the type of a benchmark's results. */
export function defineBenchmark<Results extends object>(props: BenchmarkProps<Results>): Benchmark {
  const { name, tables, headlines, charts = {} } = props;
  return {
    name,
    tableNames: Object.keys(tables),
    headlineLabels: Object.keys(headlines),
    chartNames: Object.keys(charts),
    async run(progress) {
      const results = await props.run(progress);
      const render = (renderers: Renderers<Results>) =>
        Object.fromEntries(Object.entries(renderers).map(([key, text]) => [key, text(results)]));
      return {
        results,
        tables: render(tables),
        headlines: render(headlines),
        charts: render(charts),
      };
    },
  };
}
