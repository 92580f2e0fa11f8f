import { createSpools } from '../../../functions/adapters/aspose/spool.ts';
import { createAsposeOcr } from '../../../functions/adapters/aspose/task-requests.ts';
import { createDocumentWriter } from '../../../functions/adapters/aws/document-writer.ts';
import { assessPoll } from '../../../functions/core/assess-poll.ts';
import { openRecord } from '../../../functions/core/task-record.ts';
import { BUCKET, measureCollections, OPERATION } from '../measured-process.ts';

/** Collects a completed task as `fetch-result` does, but without its record and its event. */

const spools = createSpools();
const now = () => Date.now();

measureCollections(async ({ vendorUrl, s3 }, taskId) => {
  const vendor = createAsposeOcr({
    baseUrl: vendorUrl,
    accessTokens: { get: async () => ({ kind: 'Token', token: 'bench' }), drop: () => {} },
    spools,
    maxAnswerBytes: 128 * 1024 * 1024,
    now,
  });
  const documents = createDocumentWriter(s3, BUCKET);
  const record = openRecord(
    { taskId, operation: OPERATION, generation: 1 },
    { executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:Collect:bench', startedAt: now() },
    now(),
  );
  const poll = await vendor.poll(OPERATION, taskId, 600);
  const assessment = assessPoll({ ...record, isKnownToAspose: true, ageSeconds: undefined }, poll);
  if (assessment.kind !== 'Ended' || assessment.ending.outcome !== 'Completed') {
    throw new Error(`not collected: ${JSON.stringify(poll)}`);
  }
  await documents.store(record, assessment.ending, 600);
  spools.close();
});
