/** Responses of Aspose, as scripts for the simulator take them. */

export function base64(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}

export const pending = { taskStatus: 'Pending' };
export const processing = { taskStatus: 'Processing' };
export const notExist = { taskStatus: 'NotExist' };

/** An entry of `results[]`; null text stands for an entry without data. */
export function result(text: string | Uint8Array | null, type: string | null = 'Text') {
  return { type, data: text === null ? null : base64(text) };
}

/** Completes a task with these documents. */
export function completed(...texts: readonly (string | Uint8Array | null)[]) {
  return { taskStatus: 'Completed', results: texts.map((text) => result(text)) };
}

/** Escapes the characters of base64 in JSON as .NET may: `\u002B` for `+`, `\/` for `/`. */
export function escapeAsDotNet(json: string): string {
  return json.replaceAll('+', '\\u002B').replaceAll('/', '\\/');
}
