import { errorCode } from '../../cli/error-code.ts';
import { InvalidInput } from '../../functions/core/invalid-input.ts';

const MAX_PORT = 65_535;

/**
 * Starts a server on the port of an option: on a free port without it.
 *
 * @throws InvalidInput when the port is invalid or cannot be used
 */
export async function listenOnPort<T>(
  port: string | undefined,
  start: (port: number | undefined) => Promise<T>,
): Promise<T> {
  if (port === undefined) return await start(undefined);
  const invalid = (got: string) => new InvalidInput('port', got, `a free port from 1 to ${MAX_PORT}`);
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > MAX_PORT) throw invalid(`'${port}'`);
  try {
    return await start(Number(port));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE') throw invalid(`${port}, which is in use`);
    if (code === 'EACCES') throw invalid(`${port}, which only the system may use`);
    throw error;
  }
}
