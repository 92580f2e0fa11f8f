import { describe, expect, it } from 'vitest';
import { startTestCourier } from '../support/courier.ts';

describe('a function whose environment is wrong', () => {
  it.each([{ CREDENTIALS_SECRET: '' }, { ASPOSE_BASE_URL: 'http://api.aspose.cloud' }])(
    'S2: fails its task as InternalError and publishes its event: %j',
    async (environment) => {
      await using courier = await startTestCourier({ environment });

      const { execution, events } = await courier.collect({ taskId: 'misconfigured' });

      expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidEnvironmentError' });
      expect(events).toMatchObject([
        { 'detail-type': 'OCR Task Failed', detail: { reason: 'InternalError', attempts: 0 } },
      ]);
    },
  );
});
