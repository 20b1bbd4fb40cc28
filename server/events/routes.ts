import type { eventRoutes } from '../../contract/events.ts';
import type { Handlers } from '../http/mount.ts';
import type { LiveEvents } from './live-events.ts';

export function eventHandlers(live: LiveEvents): Handlers<keyof typeof eventRoutes> {
  return {
    events: async ({ caller, request, reply }) => {
      live.open(caller, request, reply);
      return undefined;
    },
  };
}
