import type { Command } from '../annotation/keyboard.ts';
import { runSampleCommand, type SampleSession } from '../viewer/sample-commands.ts';

interface ReaderPage {
  session: SampleSession;
  canEdit: boolean;
  /** Goes to a neighbouring image; false when there is none. */
  goTo: (neighbour: 'previous' | 'next') => boolean;
  /** Tells the reader something in passing. */
  say: (message: string) => void;
}

const EDITS = new Set(['relabel', 'accept', 'remove', 'undo', 'redo', 'add-tool']);

/** Carries out what a key or button asks for on the sample page; false when there was nothing to do. */
export function runReaderCommand(command: Command, { session, canEdit, goTo, say }: ReaderPage): boolean {
  if (EDITS.has(command.name) && !canEdit) return false;
  const { selection, viewer } = session;
  switch (command.name) {
    case 'previous-sample':
      return goTo('previous');
    case 'next-sample':
      return goTo('next');
    case 'relabel':
      if (selection.ids.size > 0) return runSampleCommand(command, session);
      // Never names a cell that the reader has not seen: the first press shows it, the next one names it.
      say(
        viewer.step(1)
          ? 'Nothing was selected: this is the next cell. Press again to name it.'
          : 'No further cell.',
      );
      return true;
    case 'accept': {
      const single = selection.ids.size === 1;
      const accepted = runSampleCommand(command, session);
      if (accepted && single && !viewer.step(1)) say('That was the last cell shown.');
      return accepted;
    }
    default:
      return runSampleCommand(command, session);
  }
}
