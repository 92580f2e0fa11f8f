import { it } from 'vitest';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { expectUsualRun, PROXY } from '../../support/users-environment.ts';

/** Each alone, and others, are in users-environment.long.test.ts. */
it('submits and collects as usual with a profile, an endpoint and a proxy of another service', async () => {
  await using aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });

  await expectUsualRun(aspose, {
    ...{ AWS_PROFILE: 'other', AWS_SDK_LOAD_CONFIG: '1', AWS_USE_FIPS_ENDPOINT: 'true' },
    ...{ AWS_ENDPOINT_URL: PROXY, AWS_REGION: 'eu-west-3', AWS_MAX_ATTEMPTS: '0' },
    ...{ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY },
  });
});
