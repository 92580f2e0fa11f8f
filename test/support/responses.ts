/** What the simulator is scripted to answer. */

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export const pending = { taskStatus: 'Pending' };
export const completed = { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] };
