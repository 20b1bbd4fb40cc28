import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { sampleQuery } from '../api/queries.ts';
import { useServices } from '../api/services.ts';

/** Loads the next image while this one is read, once this one is there. */
export function useLookAhead(nextJobId: string | null, isReady: boolean): void {
  const { call } = useServices();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!nextJobId || !isReady) return;
    let wanted = true;
    queryClient.fetchQuery(sampleQuery(call, nextJobId)).then(
      ({ imageUrl, tiles }) => {
        if (wanted && imageUrl && !tiles) new Image().src = imageUrl;
      },
      () => {
        // Opening it will say what is wrong.
      },
    );
    return () => {
      wanted = false;
    };
  }, [nextJobId, isReady, call, queryClient]);
}
