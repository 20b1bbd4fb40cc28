/** How an image is shown; the stored image never changes. */
export interface ImageAdjustment {
  /** −1 to 1, added; 0 leaves the image as it is. */
  brightness: number;
  /** −1 to 1, around mid grey; 0 leaves the image as it is. */
  contrast: number;
  /** 0.2 to 5; above 1 lightens the dark tones. */
  gamma: number;
}

export const NO_ADJUSTMENT: ImageAdjustment = { brightness: 0, contrast: 0, gamma: 1 };

export function isNeutral({ brightness, contrast, gamma }: ImageAdjustment): boolean {
  return brightness === 0 && contrast === 0 && gamma === 1;
}

/** The shown value (0–255) of each stored value: gamma first, then contrast around mid grey, then brightness. */
export function adjustmentTable({ brightness, contrast, gamma }: ImageAdjustment): Uint8ClampedArray {
  const slope = contrast < 0 ? 1 + contrast : 1 / Math.max(0.01, 1 - contrast);
  return Uint8ClampedArray.from({ length: 256 }, (_, stored) => {
    const toned = (stored / 255) ** (1 / gamma);
    return 255 * ((toned - 0.5) * slope + 0.5 + brightness);
  });
}

/** An SVG filter in the page that shows elements by an adjustment: the viewer's image and thumbnails alike. */
export class AdjustmentFilter {
  readonly #svg: SVGSVGElement;
  readonly #id = `image-adjustment-${crypto.randomUUID()}`;
  readonly #functions: SVGElement[];
  /** Value for the CSS property `filter`. */
  css = 'none';

  constructor(document: Document) {
    const make = <Name extends keyof SVGElementTagNameMap>(name: Name) =>
      document.createElementNS('http://www.w3.org/2000/svg', name);
    this.#svg = make('svg');
    this.#svg.setAttribute('aria-hidden', 'true');
    this.#svg.style.cssText = 'position:absolute;width:0;height:0';
    const filter = make('filter');
    filter.id = this.#id;
    filter.setAttribute('color-interpolation-filters', 'sRGB');
    const transfer = make('feComponentTransfer');
    this.#functions = [make('feFuncR'), make('feFuncG'), make('feFuncB')];
    transfer.append(...this.#functions);
    filter.append(transfer);
    this.#svg.append(filter);
    document.body.append(this.#svg);
  }

  set(adjustment: ImageAdjustment): void {
    this.css = isNeutral(adjustment) ? 'none' : `url(#${this.#id})`;
    const values = Array.from(adjustmentTable(adjustment), (shown) => (shown / 255).toFixed(4)).join(' ');
    for (const element of this.#functions) {
      element.setAttribute('type', 'table');
      element.setAttribute('tableValues', values);
    }
  }

  remove(): void {
    this.#svg.remove();
  }
}
