import { CLICK_REACH_PX, type Tool, type ToolPointer } from '../annotation/tools/tool.ts';
import { type Camera, pointInImage } from './camera.ts';

export interface PointerTargets {
  camera(): Camera;
  tool(): Tool;
  /** The pointer rests or moves over the image without a drag; null when it left. */
  onHover(pointer: ToolPointer | null): void;
  /** A tool acted. */
  onToolChange(): void;
}

/**
 * Gives the primary pointer to the tool and all else to the image below. It listens in the capture phase: a press
 * that the tool follows never reaches OpenSeadragon, so the image is not panned. Raw pointer events with capture,
 * because gesture libraries delay pen strokes. Answers the function that ends it.
 */
export function listenToPointer(element: HTMLElement, targets: PointerTargets): () => void {
  let following = false;
  let pressedAt: { x: number; y: number } | null = null;

  const toPointer = (event: PointerEvent): ToolPointer => {
    const frame = element.getBoundingClientRect();
    const camera = targets.camera();
    const at = pointInImage(event.clientX - frame.left, event.clientY - frame.top, camera);
    return { ...at, shift: event.shiftKey, imagePxPerScreenPx: 1 / camera.scale };
  };

  const onDown = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return;
    element.focus({ preventScroll: true });
    pressedAt = { x: event.clientX, y: event.clientY };
    following = targets.tool().press(toPointer(event));
    if (!following) return;
    event.stopPropagation();
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    targets.onToolChange();
  };

  const onMove = (event: PointerEvent) => {
    if (!event.isPrimary) return;
    if (!following) {
      if (event.buttons === 0) targets.onHover(toPointer(event));
      return;
    }
    event.stopPropagation();
    targets.tool().drag(toPointer(event));
    targets.onToolChange();
  };

  const onUp = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0 || !pressedAt) return;
    const pointer = toPointer(event);
    const still = Math.hypot(event.clientX - pressedAt.x, event.clientY - pressedAt.y) <= CLICK_REACH_PX;
    pressedAt = null;
    if (following) {
      event.stopPropagation();
      following = false;
      targets.tool().release(pointer);
    } else if (still) {
      targets.tool().click(pointer);
    }
    targets.onToolChange();
    targets.onHover(pointer);
  };

  const onLost = () => {
    if (following) targets.tool().cancel();
    following = false;
    pressedAt = null;
    targets.onToolChange();
  };

  const onLeave = () => targets.onHover(null);

  const events = new AbortController();
  const options = { capture: true, signal: events.signal };
  element.addEventListener('pointerdown', onDown, options);
  element.addEventListener('pointermove', onMove, options);
  element.addEventListener('pointerup', onUp, options);
  element.addEventListener('pointercancel', onLost, options);
  element.addEventListener('pointerleave', onLeave, { signal: events.signal });
  return () => events.abort();
}
