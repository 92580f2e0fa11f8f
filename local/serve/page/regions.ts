import { byId, element } from './dom.ts';

/** A rectangle in pixels of the image. */
export interface PixelRectangle {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A smaller drawing counts as a click. */
const MIN_PIXELS = 4;

const picture = byId('picture', HTMLDivElement);
const image = byId('preview', HTMLImageElement);
const list = byId('regions', HTMLOListElement);
const typed = byId('typed-region', HTMLInputElement);
const add = byId('add-region', HTMLButtonElement);

/** The regions of the chosen image. */
export interface Regions {
  readonly all: () => readonly PixelRectangle[];
  readonly clear: () => void;
}

/** Lets the user draw, type and remove regions. */
export function createRegions(onChange: () => void): Regions {
  let regions: readonly PixelRectangle[] = [];

  function change(changed: readonly PixelRectangle[]): void {
    regions = changed;
    for (const box of picture.querySelectorAll('.region')) box.remove();
    picture.append(
      ...regions.map((region, index) =>
        place(element('div', {}, element('span', {}, String(index + 1))), region),
      ),
    );
    list.replaceChildren(...regions.map(createRow));
    onChange();
  }

  function createRow(region: PixelRectangle, index: number): HTMLLIElement {
    const { x1, y1, x2, y2 } = region;
    const remove = element('button', {
      type: 'button',
      textContent: 'Remove',
      ariaLabel: `Remove region ${index + 1}`,
      onclick() {
        change(regions.filter((other) => other !== region));
        typed.focus();
      },
    });
    return element('li', {}, `${x1}, ${y1} to ${x2}, ${y2}`, remove);
  }

  enableDrawing((region) => change([...regions, region]));

  function addTyped(): void {
    const region = parseRegion(typed.value);
    typed.setCustomValidity(
      region === undefined
        ? 'x1,y1,x2,y2 in whole pixels of the image, with x1 below x2 and y1 below y2'
        : '',
    );
    if (!typed.reportValidity() || region === undefined) return;
    typed.value = '';
    change([...regions, region]);
  }
  add.addEventListener('click', addTyped);
  typed.addEventListener('input', () => typed.setCustomValidity(''));
  typed.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    // Enter would submit the form by default.
    event.preventDefault();
    addTyped();
  });

  return { all: () => regions, clear: () => change([]) };
}

/** Calls back with each rectangle that the user draws on the image. */
function enableDrawing(onDrawn: (region: PixelRectangle) => void): void {
  let start: Point | undefined;
  let box: HTMLDivElement | undefined;

  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    start = pixelAt(event);
    box = element('div');
    picture.append(box);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (start !== undefined && box !== undefined) place(box, between(start, pixelAt(event)));
  });
  function end(): void {
    box?.remove();
    start = undefined;
    box = undefined;
  }
  picture.addEventListener('pointercancel', end);
  picture.addEventListener('pointerup', (event) => {
    const drawn = start === undefined ? undefined : between(start, pixelAt(event));
    end();
    if (drawn === undefined) return;
    if (drawn.x2 - drawn.x1 >= MIN_PIXELS && drawn.y2 - drawn.y1 >= MIN_PIXELS) onDrawn(drawn);
  });
}

/** Converts window coordinates to pixels of the image, limited to its edges. */
function pixelAt({ clientX, clientY }: PointerEvent): Point {
  const { left, top, width, height } = image.getBoundingClientRect();
  const scale = (share: number, pixels: number) => Math.round(Math.min(Math.max(share, 0), 1) * pixels);
  return {
    x: scale((clientX - left) / width, image.naturalWidth),
    y: scale((clientY - top) / height, image.naturalHeight),
  };
}

function between(one: Point, other: Point): PixelRectangle {
  return {
    x1: Math.min(one.x, other.x),
    y1: Math.min(one.y, other.y),
    x2: Math.max(one.x, other.x),
    y2: Math.max(one.y, other.y),
  };
}

/** Positions a box over its part of the image. */
function place(box: HTMLDivElement, { x1, y1, x2, y2 }: PixelRectangle): HTMLDivElement {
  const percent = (pixels: number, total: number) => `${(100 * pixels) / total}%`;
  box.className = 'region';
  box.style.left = percent(x1, image.naturalWidth);
  box.style.top = percent(y1, image.naturalHeight);
  box.style.width = percent(x2 - x1, image.naturalWidth);
  box.style.height = percent(y2 - y1, image.naturalHeight);
  return box;
}

function parseRegion(text: string): PixelRectangle | undefined {
  const numbers = /^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/.exec(text)?.slice(1).map(Number);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers ?? [];
  const isInside = x1 < x2 && y1 < y2 && x2 <= image.naturalWidth && y2 <= image.naturalHeight;
  return isInside ? { x1, y1, x2, y2 } : undefined;
}
