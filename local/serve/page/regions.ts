import { byId, element } from './dom.ts';

/** A rectangle in the picture's own pixels, as the server takes it. */
export interface Region {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Smaller than this in either direction, it was a click and no drawing. */
const LEAST_PIXELS = 4;

const picture = byId('picture', HTMLDivElement);
const image = byId('preview', HTMLImageElement);
const list = byId('regions', HTMLOListElement);
const typed = byId('typed-region', HTMLInputElement);
const add = byId('add-region', HTMLButtonElement);

/** The regions of the chosen picture. */
export interface Regions {
  readonly all: () => readonly Region[];
  readonly clear: () => void;
}

/** Lets regions be drawn on the picture, typed, and removed. */
export function createRegions(onChange: () => void): Regions {
  let regions: readonly Region[] = [];

  function change(changed: readonly Region[]): void {
    regions = changed;
    for (const box of picture.querySelectorAll('.region')) box.remove();
    picture.append(
      ...regions.map((region, index) =>
        place(element('div', {}, element('span', {}, String(index + 1))), region),
      ),
    );
    list.replaceChildren(...regions.map(describe));
    onChange();
  }

  function describe(region: Region, index: number): HTMLLIElement {
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

  draw((region) => change([...regions, region]));

  function addTyped(): void {
    const region = parse(typed.value);
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
    // It would submit the form.
    event.preventDefault();
    addTyped();
  });

  return { all: () => regions, clear: () => change([]) };
}

/** Calls back with each rectangle that is drawn on the picture. */
function draw(onDrawn: (region: Region) => void): void {
  let start: Point | undefined;
  let box: HTMLDivElement | undefined;

  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    start = pixelOf(event);
    box = element('div');
    picture.append(box);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (start !== undefined && box !== undefined) place(box, between(start, pixelOf(event)));
  });
  function end(): void {
    box?.remove();
    start = undefined;
    box = undefined;
  }
  picture.addEventListener('pointercancel', end);
  picture.addEventListener('pointerup', (event) => {
    const drawn = start === undefined ? undefined : between(start, pixelOf(event));
    end();
    if (drawn === undefined) return;
    if (drawn.x2 - drawn.x1 >= LEAST_PIXELS && drawn.y2 - drawn.y1 >= LEAST_PIXELS) onDrawn(drawn);
  });
}

/** From the window to the picture's own pixels, kept inside it. */
function pixelOf({ clientX, clientY }: PointerEvent): Point {
  const { left, top, width, height } = image.getBoundingClientRect();
  const within = (share: number, most: number) => Math.round(Math.min(Math.max(share, 0), 1) * most);
  return {
    x: within((clientX - left) / width, image.naturalWidth),
    y: within((clientY - top) / height, image.naturalHeight),
  };
}

function between(one: Point, other: Point): Region {
  return {
    x1: Math.min(one.x, other.x),
    y1: Math.min(one.y, other.y),
    x2: Math.max(one.x, other.x),
    y2: Math.max(one.y, other.y),
  };
}

/** Lays a box over its part of the picture. */
function place(box: HTMLDivElement, { x1, y1, x2, y2 }: Region): HTMLDivElement {
  const percent = (value: number, of: number) => `${(100 * value) / of}%`;
  box.className = 'region';
  box.style.left = percent(x1, image.naturalWidth);
  box.style.top = percent(y1, image.naturalHeight);
  box.style.width = percent(x2 - x1, image.naturalWidth);
  box.style.height = percent(y2 - y1, image.naturalHeight);
  return box;
}

function parse(text: string): Region | undefined {
  const numbers = /^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/.exec(text)?.slice(1).map(Number);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers ?? [];
  const fits = x1 < x2 && y1 < y2 && x2 <= image.naturalWidth && y2 <= image.naturalHeight;
  return fits ? { x1, y1, x2, y2 } : undefined;
}
