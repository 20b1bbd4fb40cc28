import { activityRoutes } from './activity.ts';
import { hospitalAdministrationRoutes, userAdministrationRoutes } from './admin.ts';
import { agreementRoutes } from './agreement.ts';
import { annotationRoutes } from './annotations.ts';
import { authRoutes } from './auth.ts';
import { cellRoutes } from './cells.ts';
import { diagnosisRoutes } from './diagnoses.ts';
import { differentialRoutes } from './differential.ts';
import { emergencyRoutes } from './emergency.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { lavageRoutes } from './lavages.ts';
import { overviewRoutes } from './overview.ts';
import { patientRoutes } from './patients.ts';
import { processingRoutes } from './processing.ts';
import type { RouteDefinition } from './route.ts';
import { sampleRoutes } from './samples.ts';
import { settingsRoutes } from './settings.ts';
import { uploadRoutes } from './uploads.ts';

/** Every route of the HTTP API. */
export const api = {
  ...authRoutes,
  ...patientRoutes,
  ...lavageRoutes,
  ...sampleRoutes,
  ...uploadRoutes,
  ...cellRoutes,
  ...annotationRoutes,
  ...differentialRoutes,
  ...agreementRoutes,
  ...diagnosisRoutes,
  ...emergencyRoutes,
  ...eventRoutes,
  ...healthRoutes,
  ...processingRoutes,
  ...overviewRoutes,
  ...activityRoutes,
  ...settingsRoutes,
  ...userAdministrationRoutes,
  ...hospitalAdministrationRoutes,
};

export type Api = typeof api;
export type RouteName = keyof Api;
export const API_BASE = '/api/v1';

/** Every address of a route, from the root, with who may call it there; the first is the one it is described at. */
export const addressesOf = ({ path, aliases = [], administeredAt, access }: RouteDefinition) => [
  { path: `${API_BASE}${path}`, access },
  ...aliases.map((alias) => ({ path: alias, access })),
  ...(administeredAt === undefined
    ? []
    : [{ path: `${API_BASE}${administeredAt}`, access: ['ADMIN'] as const }]),
];
