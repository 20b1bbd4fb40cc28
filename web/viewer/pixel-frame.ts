/** A picture written pixel by pixel and copied onto a canvas at once: the fastest way to many small shapes. */
export class PixelFrame {
  readonly width: number;
  readonly height: number;
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  #written = false;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** A filled rectangle of device pixels; what lies outside the frame is left out. */
  fill(x: number, y: number, width: number, height: number, pixel: number): void {
    const left = Math.max(0, x);
    const right = Math.min(this.width, x + width);
    const bottom = Math.min(this.height, y + height);
    if (right <= left) return;
    this.#written = true;
    for (let line = Math.max(0, y); line < bottom; line++) {
      const end = line * this.width + right;
      for (let i = line * this.width + left; i < end; i++) this.#pixels[i] = pixel;
    }
  }

  /** The outline of a rectangle, drawn inwards. */
  outline(x: number, y: number, width: number, height: number, line: number, pixel: number): void {
    this.fill(x, y, width, line, pixel);
    this.fill(x, y + height - line, width, line, pixel);
    this.fill(x, y + line, line, height - 2 * line, pixel);
    this.fill(x + width - line, y + line, line, height - 2 * line, pixel);
  }

  /** Replaces the canvas's content and starts the next, empty frame. */
  moveTo(context: CanvasRenderingContext2D): void {
    if (!this.#written) {
      context.clearRect(0, 0, this.width, this.height);
      return;
    }
    context.putImageData(this.#image, 0, 0);
    this.#pixels.fill(0);
    this.#written = false;
  }
}
