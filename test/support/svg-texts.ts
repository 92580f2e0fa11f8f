interface SvgText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly middle: number;
}

/** Width of a character in a sans-serif font, as a share of its size: some fonts are this wide. */
const CHARACTER_WIDTH = 0.56;
/** Distance of two lines that can both be read, as a share of the size. */
const LINE_DISTANCE = 0.9;

/** Finds the texts that an SVG file of ours shows, with estimated edges in pixels. */
export function textsOf(svg: string): SvgText[] {
  const texts = svg.matchAll(
    /<text [^>]*?text-anchor="(\w+)" style="font-size:(\d+)px[^>]*?(?: y="(-?[\d.]+)")? transform="translate\(([\d.]+) ([\d.]+)\)"[^>]*>([^<]*)<\/text>/g,
  );
  return [...texts].map(([, anchor, size, offset = '0', x, y, text = '']) => {
    const shown = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const width = shown.length * Number(size) * CHARACTER_WIDTH;
    const left = Number(x) - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
    return { text: shown, left, right: left + width, middle: Number(y) + Number(offset) };
  });
}

/** Lists the pairs of texts that would cover each other. */
export function overlappingTexts(svg: string): string[] {
  const texts = textsOf(svg);
  const [, size = ''] = /font-size:(\d+)px/.exec(svg) ?? [];
  return texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          Math.abs(one.middle - other.middle) < Number(size) * LINE_DISTANCE,
      )
      .map((other) => `${one.text} / ${other.text}`),
  );
}
