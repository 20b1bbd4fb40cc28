import type { CellType } from '../../core/cell-types.ts';
import { isTypingIn } from '../ui/is-typing-in.ts';
import type { Direction } from './spatial-index.ts';

/** What a key asks for. */
export type Command =
  | { name: 'relabel'; type: number }
  | { name: 'step-to'; direction: Direction }
  | { name: CommandName };

export type CommandName =
  | 'accept'
  | 'actual-size'
  | 'add-tool'
  | 'cancel'
  | 'hide-cells'
  | 'next-cell'
  | 'next-sample'
  | 'next-uncertain'
  | 'previous-cell'
  | 'previous-sample'
  | 'redo'
  | 'remove'
  | 'select-all'
  | 'undo'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-to-fit';

interface KeyBinding {
  /** Values of `KeyboardEvent.key`, letters in lower case. */
  keys: readonly string[];
  shift?: boolean;
  /** Control, or Command on a Mac. */
  control?: boolean;
  /** Only while the image has the focus: elsewhere these keys belong to the page. */
  onImageOnly?: boolean;
  command: Command;
  label: string;
}

const BINDINGS: readonly KeyBinding[] = [
  { keys: ['Enter'], onImageOnly: true, command: { name: 'accept' }, label: 'Accept the selected cells' },
  { keys: ['Delete', 'Backspace'], command: { name: 'remove' }, label: 'Remove the selected cells' },
  { keys: ['Tab'], shift: false, onImageOnly: true, command: { name: 'next-cell' }, label: 'Next cell' },
  {
    keys: ['Tab'],
    shift: true,
    onImageOnly: true,
    command: { name: 'previous-cell' },
    label: 'Previous cell',
  },
  ...(['Left', 'Right', 'Up', 'Down'] as const).map((side) => ({
    keys: [`Arrow${side}`],
    onImageOnly: true,
    command: { name: 'step-to' as const, direction: side.toLowerCase() as Direction },
    label: `Nearest cell: ${side.toLowerCase()}`,
  })),
  { keys: ['d'], command: { name: 'next-uncertain' }, label: 'Next cell in doubt' },
  { keys: ['n', 'Insert'], command: { name: 'add-tool' }, label: 'Add cells: drag a box, or click' },
  {
    keys: ['Escape'],
    command: { name: 'cancel' },
    label: 'Cancel; again: clear the selection; again: leave the image',
  },
  { keys: ['z'], shift: false, control: true, command: { name: 'undo' }, label: 'Undo' },
  { keys: ['z'], shift: true, control: true, command: { name: 'redo' }, label: 'Redo' },
  { keys: ['y'], control: true, command: { name: 'redo' }, label: 'Redo' },
  {
    keys: ['a'],
    control: true,
    onImageOnly: true,
    command: { name: 'select-all' },
    label: 'Select all visible',
  },
  { keys: ['+', '='], command: { name: 'zoom-in' }, label: 'Zoom in' },
  { keys: ['-'], command: { name: 'zoom-out' }, label: 'Zoom out' },
  { keys: ['0', 'f', 'Home'], command: { name: 'zoom-to-fit' }, label: 'Show the whole image' },
  { keys: ['x'], command: { name: 'actual-size' }, label: 'One image pixel on one screen pixel' },
  { keys: ['h'], command: { name: 'hide-cells' }, label: 'Hide or show all cells' },
  { keys: ['['], command: { name: 'previous-sample' }, label: 'Previous sample' },
  { keys: [']'], command: { name: 'next-sample' }, label: 'Next sample' },
];

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * What a key press asks for, null for nothing. The keys of the laboratory's cell types go before the letters and
 * digits of the table, so with the default types `0` is debris and the whole image is at `f`.
 */
export function commandFor(
  press: KeyPress,
  cellTypes: readonly CellType[],
  imageHasFocus: boolean,
): Command | null {
  if (press.altKey) return null;
  const control = press.ctrlKey || press.metaKey;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (!control) {
    const type = cellTypes.findIndex((cellType) => isKeyOf(cellType, key, press.code));
    if (type >= 0) return { name: 'relabel', type };
  }
  const binding = BINDINGS.find(
    (candidate) =>
      candidate.keys.includes(key) &&
      (candidate.control ?? false) === control &&
      (candidate.shift ?? press.shiftKey) === press.shiftKey &&
      (imageHasFocus || !candidate.onImageOnly),
  );
  return binding?.command ?? null;
}

/** Digits also by their place, for keyboards that write them with shift. */
function isKeyOf({ key }: CellType, pressed: string, code: string): boolean {
  if (key === '') return false;
  return key.toLowerCase() === pressed || (/^\d$/.test(key) && code === `Digit${key}`);
}

/** Every key and what it does, for a help dialog; a key that a cell type took is left out of the table's own. */
export function keyboardHelp(cellTypes: readonly CellType[]): { keys: string[]; label: string }[] {
  const taken = new Set(cellTypes.map((type) => type.key.toLowerCase()));
  const types = cellTypes
    .filter((type) => type.key !== '')
    .map((type) => ({ keys: [type.key.toUpperCase()], label: type.name }));
  const others = BINDINGS.map((binding) => ({
    keys: binding.keys
      .filter((key) => binding.control || !taken.has(key))
      .map((key) => keyName(binding, key)),
    label: binding.label,
  }));
  return [...types, ...others.filter((row) => row.keys.length > 0)];
}

function keyName({ control, shift }: KeyBinding, key: string): string {
  const name = key.length === 1 ? key.toUpperCase() : key.replace('Arrow', '');
  return [control && 'Ctrl', shift && 'Shift', name].filter(Boolean).join(' + ');
}

/**
 * Calls `run` for every command pressed anywhere on the page, except in fields and dialogs. `run` answers whether
 * it acted; what it leaves (Tab after the last cell) is the browser's again. Answers the function that ends it.
 */
export function listenToKeys(
  image: HTMLElement,
  cellTypes: () => readonly CellType[],
  run: (command: Command) => boolean,
): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isTypingIn(event.target)) return;
    const imageHasFocus = event.target instanceof Node && image.contains(event.target);
    const command = commandFor(event, cellTypes(), imageHasFocus);
    if (command && run(command)) event.preventDefault();
  };
  image.ownerDocument.addEventListener('keydown', onKeyDown);
  return () => image.ownerDocument.removeEventListener('keydown', onKeyDown);
}
