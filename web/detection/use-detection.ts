import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from 'react';
import { useServices } from '../api/services.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';
import { useDetectionParameters, useDetectionPresets, useFindImage } from './detection-queries.ts';
import { LiveDetection } from './live-detection.ts';
import { withDefaults } from './parameter-values.ts';
import { startPreviewWorker } from './preview-worker.ts';
import { detectOnServer } from './server-detection.ts';

interface DetectedSample {
  jobId: string;
  lavageId: string;
  /** The run whose cells are shown. */
  runId: string | null;
  /** That run's parameters; undefined until known. */
  parameters: Readonly<Record<string, number | string>> | undefined;
  /** Not of a large image: neither browser nor API hold one whole. */
  canPreview: boolean;
}

/** Live detection of the open image; nothing is loaded before it is first asked for. */
export function useDetection(
  { jobId, lavageId, runId, parameters: chosen, canPreview }: DetectedSample,
  viewer: SampleViewer | null,
) {
  const { call } = useServices();
  const [isWanted, setWanted] = useState(false);
  const parameters = useDetectionParameters(isWanted);
  const presets = useDetectionPresets(lavageId, isWanted);
  const findImage = useEffectEvent(useFindImage());
  const laboratory = presets.data?.defaults;
  const stored = useMemo(
    () =>
      parameters.data && laboratory && chosen
        ? JSON.stringify(withDefaults(parameters.data, laboratory, chosen))
        : null,
    [parameters.data, laboratory, chosen],
  );
  const [live, setLive] = useState<LiveDetection | null>(null);

  useEffect(() => {
    if (stored === null || runId === null) return;
    const made = new LiveDetection({
      stored: JSON.parse(stored),
      canPreview,
      startWorker: startPreviewWorker,
      findImage: () => findImage(jobId),
      askServer: (values, signal) => detectOnServer(call, jobId, values, signal),
    });
    made.prepare();
    setLive(made);
    return () => {
      setLive(null);
      made.close();
    };
  }, [stored, runId, jobId, canPreview, call]);

  useEffect(() => {
    if (!viewer) return;
    if (!live) return viewer.setPreview(null);
    // Straight from the answer to the image: React has no part in it.
    const show = () => viewer.setPreview(live.getState().preview?.cells ?? null);
    let shown = live.getState().preview;
    if (shown) show();
    return live.subscribe(() => {
      if (live.getState().preview === shown) return;
      shown = live.getState().preview;
      show();
    });
  }, [live, viewer]);

  const isPreviewing = useSyncExternalStore(
    live?.subscribe ?? subscribeToNothing,
    () => canPreview && (live?.getState().isChanged ?? false),
  );
  const failed = [parameters, presets].find((query) => query.isError);
  return {
    live,
    parameters: parameters.data ?? [],
    presets: presets.data,
    isPreviewing,
    error: failed?.error ?? null,
    start: () => setWanted(true),
    retry: () => void failed?.refetch(),
  };
}

export type Detection = ReturnType<typeof useDetection>;

const subscribeToNothing = () => () => {};
