import { join } from 'node:path';
import type { AsposeSimulator } from '../aspose-simulator/server.ts';

const SAMPLE = join(import.meta.dirname, '..', 'samples', 'letter.png');

/** Describes how to use a simulator, with shell commands that recognize a sample. */
export function describeSimulator({
  baseUrl,
  credentials,
}: Pick<AsposeSimulator, 'baseUrl' | 'credentials'>): string {
  return `
Base URL       ${baseUrl}
Client id      ${credentials.clientId}
Client secret  ${credentials.clientSecret}

${simulatorCommands(baseUrl, credentials).join('\n')}

Repeat the last command until the task is Completed. Ctrl-C ends the simulator and discards all tasks.
`;
}

/** Lists shell commands that get a token, submit a sample, and fetch its result. */
export function simulatorCommands(
  baseUrl: string,
  { clientId, clientSecret }: AsposeSimulator['credentials'],
): string[] {
  const operation = `${baseUrl}/v5.0/ocr/RecognizeImage`;
  const form = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;
  const curl = 'curl -s -H "authorization: Bearer $token"';
  const image = `"$(base64 < ${quoted(SAMPLE)} | tr -d '\\n')"`;
  return [
    `token=$(curl -s -d '${form}' ${baseUrl}/connect/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `id=$(printf '{"image":"%s"}' ${image} | ${curl} -H 'content-type: application/json' --data-binary @- ${operation})`,
    `${curl} "${operation}?id=$id"`,
  ];
}

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
