/** Local commands of the documents that are run elsewhere than in the test of the documents. */
export const RUN_ELSEWHERE = [
  { commands: 'npm ci && npm start', by: '.ci/run', as: 'npm start --silent' },
  { commands: 'npm ci && npm test', by: '.ci/run', as: 'npm ci && npm test' },
  {
    commands: '(cd ../ocr-courier && npm ci && npm pack)',
    by: 'test/package/tarball.test.ts',
    as: "await run('npm', ['install'",
  },
] as const;
