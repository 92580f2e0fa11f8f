import fc from 'fast-check';

/** Properties draw the same cases in every run of `npm test`. `.ci/run` sets another seed each time. */
const DEFAULT_SEED = 1;

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? DEFAULT_SEED) });
