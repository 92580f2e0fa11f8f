import { afterAll, beforeAll, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { fakeRecognizer } from '../../support/fake-recognizer.ts';
import { expectUsualRun, PROXY } from '../../support/users-environment.ts';

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator({ recognizer: fakeRecognizer() });
});
afterAll(() => aspose.close());

it.concurrent.each<Record<string, string>>([
  { AWS_USE_FIPS_ENDPOINT: 'true' },
  { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_MAX_ATTEMPTS: '0', AWS_RETRY_MODE: 'none' },
  { AWS_ENDPOINT_URL: PROXY, AWS_REGION: 'eu-west-3', AWS_CA_BUNDLE: '/nowhere', AWS_ACCOUNT_ID: '1' },
  { AWS_PROFILE: 'other', AWS_SDK_LOAD_CONFIG: '1' },
  { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY },
  { NODE_USE_ENV_PROXY: '1', http_proxy: PROXY, no_proxy: 'example.com' },
  { NODE_OPTIONS: '--use-env-proxy', http_proxy: PROXY, NO_PROXY: '*' },
])('submits and collects as usual with the environment %j', (environment) =>
  expectUsualRun(aspose, environment),
);
