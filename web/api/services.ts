import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Call } from '../../contract/client.ts';
import type { LiveConnection } from './live-events.ts';
import type { Session, SessionState, User } from './session.ts';

/** What lives as long as the page does, made once in main.tsx. */
export interface Services {
  call: Call;
  session: Session;
  live: LiveConnection;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices is used outside of ServicesContext');
  return services;
}

export function useSessionState(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, session.getState);
}

/** Who is signed in; only for pages behind the sign-in. */
export function useUser(): User {
  const state = useSessionState();
  if (state.phase !== 'signed-in' && state.phase !== 'expired') throw new Error('nobody is signed in');
  return state.user;
}
