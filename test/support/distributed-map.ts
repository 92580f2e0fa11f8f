/** The parts of a fixture's Distributed Map that differ from test to test. */
export interface DistributedMapParts {
  /** The states of the child executions. They start at `Work`. */
  readonly states: Readonly<Record<string, object>>;
  /** Fields of the Map state that replace those of the fixture. */
  readonly map?: object;
  /** Fields of the whole definition. */
  readonly machine?: object;
}

/**
 * Returns a definition of one Distributed Map, `Chunks`, which reads the object `items.jsonl` of
 * the bucket `batches`, as CDK synthesizes it. An error that it catches leads to `Mend`.
 */
export function distributedMap({ states, map = {}, machine = {} }: DistributedMapParts) {
  return {
    StartAt: 'Chunks',
    States: {
      Chunks: {
        Type: 'Map',
        End: true,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Mend' }],
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Work',
          States: states,
        },
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSONL' },
          Parameters: { Bucket: 'batches', 'Key.$': '$.key' },
        },
        Label: 'Chunks',
        ...map,
      },
      Mend: { Type: 'Pass', End: true },
    },
    ...machine,
  };
}
