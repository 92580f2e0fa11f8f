/** Named polling policies. `core/polling-policy.ts` holds their values. */
export const POLLING_PRESETS = ['frugal', 'balanced', 'eager'] as const;
export type PollingPreset = (typeof POLLING_PRESETS)[number];

export const DEFAULT_PRESET: PollingPreset = 'balanced';
