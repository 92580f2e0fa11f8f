import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { imageInputSchema } from '../contracts/image-input.ts';
import { METRICS } from '../contracts/metric-names.ts';
import type { SubmitImageEvent, SubmitImageOutput } from '../contracts/submit-image.ts';
import { imageIdOf } from '../core/image-identity.ts';
import { parseInput } from '../core/invalid-input.ts';
import {
  OcrImageRefused,
  type SubmitImagePorts,
  submitImage,
  UploadPostponed,
} from '../core/submit-image.ts';
import { publishMetrics } from '../handlers/outcome-metrics.ts';

export interface SubmitImageDependencies {
  readonly ports: Omit<SubmitImagePorts, 'remainingSeconds' | 'onUpload'>;
  /** Maximum number of uploads of an image to Aspose. */
  readonly maxUploads: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Handles the state `Submit image`: checks the input, runs the use case, and logs the uploads. */
export function createHandler({ ports, maxUploads, logger, metrics }: SubmitImageDependencies) {
  async function handle(event: SubmitImageEvent, context: Context): Promise<SubmitImageOutput> {
    const input = parseInput(imageInputSchema, event.input);
    const imageId = await imageIdOf(input, event.executionArn);
    logger.appendKeys({ imageId, operation: input.operation });
    const claimant = { executionArn: event.executionArn, startedAt: Date.parse(event.executionStartedAt) };
    return await submitImage({ imageId, input, maxUploads }, claimant, {
      ...ports,
      remainingSeconds: () => context.getRemainingTimeInMillis() / 1000,
      onUpload: (report) => {
        logger.info('Uploaded', { ...report });
        metrics.addMetric(METRICS.uploads, MetricUnit.Count, 1);
        if (report.observed === 'Unknown') metrics.addMetric(METRICS.ambiguousUploads, MetricUnit.Count, 1);
      },
    });
  }

  return middy<SubmitImageEvent, SubmitImageOutput>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use({
      onError: ({ error }) => {
        if (error instanceof OcrImageRefused || error instanceof UploadPostponed)
          logger.info('Not submitted', { because: error.message });
        else logger.error('Submit image failed', { error });
      },
    })
    .handler(handle);
}
