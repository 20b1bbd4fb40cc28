import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { commandFor, keyboardHelp } from './keyboard.ts';

type Press = Parameters<typeof commandFor>[0];

const press = (key: string, modifiers: Partial<Press> = {}): Press => ({
  key,
  code: '',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});
const on = (key: string, modifiers?: Partial<Press>) =>
  commandFor(press(key, modifiers), DEFAULT_CELL_TYPES, true);

describe('commands of keys', () => {
  it('relabels by the keys of the cell types, whatever the case', () => {
    expect(on('2')).toEqual({ name: 'relabel', type: 1 });
    expect(on('r')).toEqual(on('R'));
    expect(DEFAULT_CELL_TYPES[(on('r') as { type: number }).type].code).toBe('RBC');
  });

  it('knows digits by their place on keyboards that write them with shift', () => {
    expect(on('é', { code: 'Digit2' })).toEqual({ name: 'relabel', type: 1 });
  });

  it('lets a cell type take a key of the table', () => {
    expect(on('0')).toEqual({ name: 'relabel', type: 11 });
    expect(commandFor(press('0'), [], true)).toEqual({ name: 'zoom-to-fit' });
    expect(on('f')).toEqual({ name: 'zoom-to-fit' });
  });

  it('undoes and redoes with Control or Command', () => {
    expect(on('z', { ctrlKey: true })).toEqual({ name: 'undo' });
    expect(on('z', { metaKey: true })).toEqual({ name: 'undo' });
    expect(on('Z', { ctrlKey: true, shiftKey: true })).toEqual({ name: 'redo' });
    expect(on('y', { ctrlKey: true })).toEqual({ name: 'redo' });
  });

  it('steps through cells only while the image has the focus', () => {
    expect(on('Tab')).toEqual({ name: 'next-cell' });
    expect(on('d')).toEqual({ name: 'next-uncertain' });
    expect(on('Tab', { shiftKey: true })).toEqual({ name: 'previous-cell' });
    expect(on('ArrowUp')).toEqual({ name: 'step-to', direction: 'up' });
    for (const key of ['Tab', 'ArrowUp', 'Enter']) {
      expect(commandFor(press(key), DEFAULT_CELL_TYPES, false)).toBeNull();
    }
  });

  it('leaves the browser its own keys', () => {
    expect(on('r', { ctrlKey: true })).toBeNull();
    expect(on('2', { altKey: true })).toBeNull();
    expect(on('F5')).toBeNull();
  });
});

it('lists every key that works, and none that a cell type took', () => {
  const help = keyboardHelp(DEFAULT_CELL_TYPES);
  expect(help[0]).toEqual({ keys: ['1'], label: 'Macrophage' });
  expect(help.find((row) => row.label === 'Show the whole image')?.keys).toEqual(['F', 'Home']);
  expect(help.find((row) => row.label === 'Undo')?.keys).toEqual(['Ctrl + Z']);
});
