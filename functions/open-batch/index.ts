/** Stands in for the function until it is written. */
export const handler = async (): Promise<never> => {
  throw new Error('not written yet');
};
