import { createServer } from 'node:http';
import { listenOnLoopback } from '../../local/embedded-aws/http-server.ts';
import { completedAnswer, pendingAnswer, pendingAnswersOf } from './answers.ts';

/** Aspose in a process of its own, which answers at once. Its parent gets its URL. */

const polls = new Map<string, number>();

function answerTo(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  if (pathname === '/connect/token')
    return JSON.stringify({ access_token: 'token', expires_in: 3600, token_type: 'Bearer' });
  const taskId = searchParams.get('id') ?? '';
  const before = polls.get(taskId) ?? 0;
  if (before >= pendingAnswersOf(taskId)) {
    polls.delete(taskId);
    return completedAnswer(taskId);
  }
  polls.set(taskId, before + 1);
  return pendingAnswer(taskId);
}

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(answerTo(request.url ?? ''));
  });
});
const { url } = await listenOnLoopback(server);
process.send?.(url);
// However its parent ended.
process.once('disconnect', () => process.exit());
