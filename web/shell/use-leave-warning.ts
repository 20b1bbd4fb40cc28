import { useEffect } from 'react';
import { useUploads } from '../uploads/use-uploads.ts';

/** Has the browser ask before it closes the page while files are travelling. */
export function useLeaveWarning(): void {
  const isUploading = useUploads().some(({ state }) => state === 'waiting' || state === 'sending');
  useEffect(() => {
    if (!isUploading) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isUploading]);
}
