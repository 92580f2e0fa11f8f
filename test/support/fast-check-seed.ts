import fc from 'fast-check';

/** Every run of `npm test` draws the same cases. `.ci/run` sets another seed each time. */
const DEFAULT_SEED = 1;

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? DEFAULT_SEED) });
