import { HANDLES, handlePoint } from '../annotation/tools/box-geometry.ts';
import type { ToolPreview } from '../annotation/tools/tool.ts';
import { boxOnScreen, type Camera } from './camera.ts';

const HANDLE_PX = 8;
const DARK = 'rgba(24, 14, 38, 0.85)';

const LOOKS: Record<ToolPreview['kind'], { fill: string; dash: string }> = {
  band: { fill: 'rgba(255, 255, 255, 0.2)', dash: '5 4' },
  draft: { fill: 'rgba(255, 255, 255, 0.12)', dash: '' },
  edited: { fill: 'none', dash: '' },
};

/** The one shape that a tool works on, above the cells: a band, a cell being drawn, handles of the edited cell. */
export class SvgOverlay {
  readonly element: SVGSVGElement;

  constructor(document: Document) {
    this.element = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.element.setAttribute('aria-hidden', 'true');
  }

  draw(preview: ToolPreview | null, camera: Camera): void {
    this.element.replaceChildren(...(preview ? this.#shapes(preview, camera) : []));
  }

  #shapes({ box, kind, handles }: ToolPreview, camera: Camera): SVGElement[] {
    const onScreen = boxOnScreen(box, camera);
    const { fill, dash } = LOOKS[kind];
    const line = { ...onScreen, fill, 'stroke-dasharray': dash };
    const shapes = [
      this.#rect({ ...line, stroke: DARK, 'stroke-width': 3.5 }),
      this.#rect({ ...line, fill: 'none', stroke: '#ffffff', 'stroke-width': 1.5 }),
    ];
    const frame = kind === 'edited' ? [] : shapes;
    if (!handles) return frame;
    const squares = HANDLES.map((handle) => {
      const { x, y } = handlePoint(onScreen, handle);
      const corner = { x: x - HANDLE_PX / 2, y: y - HANDLE_PX / 2, width: HANDLE_PX, height: HANDLE_PX };
      return this.#rect({ ...corner, rx: 2, fill: '#ffffff', stroke: DARK, 'stroke-width': 1.25 });
    });
    return [...frame, ...squares];
  }

  #rect(attributes: Record<string, string | number>): SVGElement {
    const rect = this.element.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, String(value));
    return rect;
  }
}
