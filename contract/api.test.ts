import { expect, test } from 'vitest';
import { API_BASE, addressesOf, api } from './api.ts';
import type { RouteDefinition } from './route.ts';

/** What was promised to those who call the API. */
const PROMISED = `
POST /register
POST /login
POST /logout
POST /token/refresh
GET /me
PATCH /me
POST /me/password
POST /me/totp
GET /me/sessions
DELETE /me/sessions/:id
POST /log-activity
GET /patients
POST /patients
GET /patients/:patient_id
PATCH /patients/:patient_id
DELETE /patients/:patient_id
GET /patient/:patient_id/samples
GET /patients/:patient_id/samples
GET /patients/:patient_id/lavages
POST /patients/:patient_id/lavages
PATCH /lavages/:id
GET /lavages/:id/slides
POST /lavages/:id/slides
PATCH /slides/:id
POST /upload_img
POST /uploads
HEAD /uploads/:id
PATCH /uploads/:id
GET /samples
GET /samples/:job_id
DELETE /samples/:job_id
POST /samples/:job_id/reprocess
POST /cells/detect
GET /cells/dynamic-detect
GET /cells/parameters
POST /annotate
GET /samples/:job_id/cells
GET /lavages/:id/readings
POST /lavages/:id/readings
PATCH /readings/:id
GET /samples/:job_id/annotations
PATCH /annotations/:id
DELETE /annotations/:id
POST /annotate/patient
GET /patients/:patient_id/annotations
PATCH /patient-annotations/:id
GET /lavages/:id/differential
GET /lavages/:id/agreement
GET /events
GET /health
GET /health/ready
GET /health/background-processes
GET /metrics
GET /admin/modelprocessing/status-api
POST /admin/modelprocessing/process-sqs
POST /admin/cleanup-stuck-samples
POST /admin/samples/reprocess
GET /admin/patients
POST /admin/patients
PATCH /admin/patients/:patient_id
DELETE /admin/patients/:patient_id
GET /admin/samples
POST /admin/samples
PATCH /admin/samples/:job_id
DELETE /admin/samples/:job_id
GET /admin/users
POST /admin/users
PATCH /admin/users/:id
GET /admin/hospitals
POST /admin/hospitals
PATCH /admin/hospitals/:id
DELETE /admin/users/:id
DELETE /admin/hospitals/:id
GET /admin/sample-annotations
POST /admin/sample-annotations
PATCH /admin/sample-annotations/:id
DELETE /admin/sample-annotations/:id
GET /admin/patient-annotations
POST /admin/patient-annotations
PATCH /admin/patient-annotations/:id
DELETE /admin/patient-annotations/:id
GET /admin/activity-logs
GET /admin/activity-logs/verify
GET /admin/settings
PUT /admin/settings
`;

const routes: readonly RouteDefinition[] = Object.values(api);
const present = new Set(
  routes.flatMap((route) =>
    addressesOf(route).map(({ path }) => `${route.method} ${path.replace(API_BASE, '')}`),
  ),
);

test('every route that was promised is there', () => {
  const missing = PROMISED.trim()
    .split('\n')
    // Every route that is read answers HEAD too.
    .map((line) => line.replace(/^HEAD/, 'GET'))
    .filter((line) => !present.has(line));
  expect(missing).toEqual([]);
});

test('every route has an address of its own', () => {
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
});

test('every route that creates takes an idempotency key or says why not', () => {
  const silent = Object.entries(api as Record<string, RouteDefinition>).filter(
    ([, { status, idempotent = false, notIdempotentBecause }]) =>
      (idempotent || status === 201) && idempotent === (notIdempotentBecause !== undefined),
  );
  expect(silent.map(([name]) => name)).toEqual([]);
});
