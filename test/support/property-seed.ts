/** A failing property prints its seed and path; with them in FC_SEED and FC_PATH it fails again at once, and is shrunk. */
export function reproduction(): { readonly seed?: number; readonly path?: string } {
  const { FC_SEED: seed, FC_PATH: path } = process.env;
  return { ...(seed !== undefined && { seed: Number(seed) }), ...(path !== undefined && { path }) };
}
