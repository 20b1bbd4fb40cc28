import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { placeIn } from '../ui/cell-place.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';

/** Shows the place that the address names, as soon as the image is there. */
export function usePlaceAskedFor(viewer: SampleViewer | null): void {
  const { hash } = useLocation();
  useEffect(() => {
    const place = placeIn(hash);
    if (!viewer || !place) return;
    let isShown = false;
    const show = () => {
      if (isShown || viewer.getState().image !== 'open') return;
      isShown = true;
      viewer.zoomToPlace(place);
    };
    show();
    return viewer.subscribe(show);
  }, [viewer, hash]);
}
