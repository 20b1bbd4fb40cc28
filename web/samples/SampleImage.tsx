import { useState } from 'react';
import type { Command } from '../annotation/keyboard.ts';
import { ConflictNotice } from '../cells/ConflictNotice.tsx';
import { ToolStrip } from '../cells/ToolStrip.tsx';
import type { ImageTiles } from '../viewer/image-viewer.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';
import { CurrentCellAnnouncer } from './CurrentCellAnnouncer.tsx';
import type { OpenSample } from './open-sample.ts';
import { SampleStage } from './SampleStage.tsx';

interface SampleImageProps {
  open: OpenSample;
  image: SignedImage;
  canEdit: boolean;
  /** Cells that are tried out are shown: until that ends nothing is changed. */
  isPreview: boolean;
  viewer: SampleViewer | null;
  onViewer: (viewer: SampleViewer | null, element: HTMLElement | null) => void;
  run: (command: Command) => void;
  onHelp: () => void;
  reload: () => void;
}

export interface SignedImage {
  url: string | null;
  /** When the address was signed, milliseconds since 1970. */
  signedAt: number;
  width: number;
  height: number;
  tiles: ImageTiles | null;
}

/** Signed addresses hold for two and a half minutes at least. */
const ADDRESS_LIFE_MS = 2 * 60_000;

/** Tools, notices and the image itself. Made anew for each image: the address it was opened with stays. */
export function SampleImage({
  open,
  image,
  canEdit,
  isPreview,
  viewer,
  onViewer,
  run,
  onHelp,
  reload,
}: SampleImageProps) {
  const [opened, setOpened] = useState<SignedImage | null>(null);
  const [failedAt, setFailedAt] = useState(0);
  const isUsable = image.url !== null && image.signedAt > Math.max(failedAt, Date.now() - ADDRESS_LIFE_MS);
  if (isUsable && (opened === null || failedAt > opened.signedAt)) setOpened(image);
  return (
    <>
      {viewer && (
        <ToolStrip
          store={open.store}
          viewer={viewer}
          undo={open.undo}
          canEdit={canEdit && !isPreview}
          run={run}
          onHelp={onHelp}
        />
      )}
      {viewer && (
        <ConflictNotice autosave={open.autosave} store={open.store} onShow={(cell) => viewer.zoomTo(cell)} />
      )}
      {opened?.url && (
        <SampleStage
          open={open}
          image={{ ...opened, url: opened.url }}
          canEdit={canEdit}
          viewer={viewer}
          onViewer={onViewer}
          onReload={() => {
            setFailedAt(Date.now());
            reload();
          }}
        />
      )}
      {viewer && <CurrentCellAnnouncer store={open.store} selection={open.selection} viewer={viewer} />}
    </>
  );
}
