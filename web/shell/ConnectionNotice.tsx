import CloudOff from '@mui/icons-material/CloudOff';
import Box from '@mui/material/Box';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useServices } from '../api/services.ts';

/** A short break is nothing to speak of. */
const SPEAK_AFTER_MS = 6_000;

const subscribeOnline = (listener: () => void) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};

/** Says when what is on the screen may be out of date. */
export function ConnectionNotice() {
  const { live } = useServices();
  const isOnline = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  const liveState = useSyncExternalStore(live.subscribe, live.getState);
  const isCutOff = useHeldFor(liveState === 'waiting' || liveState === 'connecting', SPEAK_AFTER_MS);
  const message =
    !isOnline && liveState !== 'open'
      ? 'You are offline. What you see may be out of date, and nothing can be saved until the connection is back.'
      : isCutOff &&
        'Live updates are interrupted. Trying to reconnect; what you see may be a few seconds old.';
  return (
    <Box role="status">
      {message && (
        <Box
          sx={{
            display: 'flex',
            alignItems: 'center',
            gap: 1,
            px: 3,
            py: 0.75,
            color: 'warning.main',
            bgcolor: 'warning.light',
          }}
        >
          <CloudOff aria-hidden />
          {message}
        </Box>
      )}
    </Box>
  );
}

/** True once the condition has held for so long. */
function useHeldFor(condition: boolean, durationMs: number): boolean {
  const [hasHeld, setHasHeld] = useState(false);
  useEffect(() => {
    if (!condition) {
      setHasHeld(false);
      return;
    }
    const timer = setTimeout(() => setHasHeld(true), durationMs);
    return () => clearTimeout(timer);
  }, [condition, durationMs]);
  return hasHeld;
}
