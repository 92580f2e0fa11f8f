/** A mistake in the options of a client or a call. */
export class InvalidOption extends TypeError {
  readonly field: string;
  readonly got: string;
  readonly allowed: string;

  constructor(field: string, got: string, allowed: string) {
    super(`${field}: got ${got}; allowed: ${allowed}`);
    this.field = field;
    this.got = got;
    this.allowed = allowed;
  }
}
