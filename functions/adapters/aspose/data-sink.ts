/** Takes the characters of one base64 string as they arrive, with JSON's escapes resolved. */
export interface DataSink {
  write(characters: Buffer): void;
  end(): void;
}
