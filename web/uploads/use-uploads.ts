import { useSyncExternalStore } from 'react';
import { useServices } from '../api/services.ts';
import type { Upload } from './upload-queue.ts';

export function useUploads(): readonly Upload[] {
  const { uploads } = useServices();
  return useSyncExternalStore(uploads.subscribe, uploads.getUploads);
}
