import { useMutation } from '@tanstack/react-query';
import { useServices } from '../api/services.ts';

export function useSignOut() {
  const { call } = useServices();
  return useMutation({
    mutationFn: () => call('logout', {}),
    // Loading the page afresh empties every cache of patient data at once.
    onSettled: () => window.location.assign('/sign-in'),
  });
}
