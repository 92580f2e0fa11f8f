import { mockClient as mockMethods } from 'aws-sdk-client-mock';
import { afterAll } from 'vitest';

/**
 * Replaces a client of the AWS SDK until the end of the test file. The next file in this process
 * uses the same SDK.
 */
export const mockClient: typeof mockMethods = (client) => {
  const mock = mockMethods(client);
  afterAll(() => mock.restore());
  return mock;
};
