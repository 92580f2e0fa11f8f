/** Receives the characters of one JSON string, with escapes resolved, piece by piece. */
export interface DataSink {
  write(characters: Buffer): void;
  end(): void;
}
