interface Shades {
  readonly light: string;
  readonly dark: string;
}

/**
 * Colors by their role, for readers who prefer a light or a dark page. Every chart has a card of
 * its own color, because no text color has enough contrast on both a white and a black page.
 */
export const PALETTE = {
  card: { light: '#ffffff', dark: '#0d1117' },
  line: { light: '#d1d9e0', dark: '#3d444d' },
  axis: { light: '#59636e', dark: '#9198a1' },
  rival: { light: '#414a53', dark: '#b7bdc4' },
  ours: { light: '#0969da', dark: '#4493f8' },
  bound: { light: '#8250df', dark: '#ab7df8' },
} as const satisfies Readonly<Record<string, Shades>>;

/** The roles whose color is also that of text. */
export const TEXT_ROLES = ['axis', 'rival', 'ours', 'bound'] as const;

/** The color to draw with. A style sheet in the SVG file replaces it on dark pages. */
export const colorOf = (role: keyof typeof PALETTE): string => PALETTE[role].light;
