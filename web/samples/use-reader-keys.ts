import { useEffect, useEffectEvent } from 'react';
import type { CellType } from '../../core/cell-types.ts';
import { type Command, listenToKeys } from '../annotation/keyboard.ts';
import { isTypingIn } from '../ui/is-typing-in.ts';

export const PAGE_KEYS = [
  { keys: ['Ctrl + Enter'], label: 'Mark this field complete' },
  { keys: ['?'], label: 'Show these keys' },
];

interface ReaderKeys {
  cellTypes: readonly CellType[];
  run: (command: Command) => boolean;
  complete: () => void;
  help: () => void;
}

/** Listens to the keys of the sample page while an image is open in `image`. */
export function useReaderKeys(
  image: HTMLElement | null,
  { cellTypes, run, complete, help }: ReaderKeys,
): void {
  const onCommand = useEffectEvent(run);
  const onPageKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || isTypingIn(event.target)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) complete();
    else if (event.key === '?') help();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    if (!image) return;
    return listenToKeys(
      image,
      () => cellTypes,
      (command) => onCommand(command),
    );
  }, [image, cellTypes]);
  useEffect(() => {
    if (!image) return;
    const listen = (event: KeyboardEvent) => onPageKey(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [image]);
}
