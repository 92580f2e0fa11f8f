import { STATUS_CODES } from 'node:http';

/**
 * A request that the simulator does not serve. The server answers it as RFC 9457 problem details, the form in
 * which ASP.NET, and so the vendor, words its own refusals.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what was wrong, what was got, what is allowed */
  constructor(httpStatus: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }

  get problemDetails() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.httpStatus],
      status: this.httpStatus,
      detail: this.message,
    };
  }
}
