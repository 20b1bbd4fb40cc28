import { z } from 'zod';
import { Email, Me, RoleName } from './auth.ts';
import {
  Done,
  DoneToMany,
  exportedListQuery,
  Id,
  IdParams,
  listOf,
  ManyIds,
  Named,
  Text,
  Timestamp,
  Version,
} from './common.ts';
import { ADMINISTRATION, defineRoutes } from './route.ts';

const HospitalName = Text(160);
const HospitalPlace = Text(160);

/** Where somebody works: a hospital there is or a new one, or for readers a laboratory alone. */
const Workplace = {
  hospital: z
    .union([z.strictObject({ id: Id }), z.strictObject({ name: HospitalName, location: HospitalPlace })])
    .nullish(),
  /** By default the hospital's, else the administrator's own. */
  laboratory_id: Id.nullish(),
};

export const AdministeredUser = Me.extend({
  /** What they asked for at registration, until it is granted. */
  requested: z.object({ hospital: z.string(), location: z.string() }).nullable(),
  version: Version,
  last_seen_at: Timestamp.nullable(),
});

/** Drawn by the server and never shown again: to be changed by whoever signs in with it. */
const OneTimePassword = z.string();

export const userAdministrationRoutes = defineRoutes({
  listUsers: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/users',
    summary: 'Users, those that wait for approval among them',
    csv: 'user',
    query: exportedListQuery({
      q: z.string().trim().max(160).optional(),
      status: z.enum(['pending', 'active', 'disabled']).optional(),
      role: RoleName.optional(),
      hospital_id: Id.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: z.enum(['name', '-name', 'created_at', '-created_at']).default('name'),
    }),
    response: listOf(AdministeredUser),
  },
  createUser: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/users',
    summary: 'Create a user; the answer shows their first password once',
    body: z.strictObject({ name: Text(120), email: Email, role: RoleName, ...Workplace }),
    response: z.object({ user: AdministeredUser, one_time_password: OneTimePassword }),
    status: 201,
    notIdempotentBecause: 'a saved reply would keep the password; an address is registered once',
    errors: ['email_taken', 'conflict'],
  },
  approveUser: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/users/:id/approve',
    summary: 'Grant a registration, with the role and workplace that the administrator chooses',
    params: IdParams,
    body: z.strictObject({ role: z.enum(['UPLOADER', 'ANNOTATOR']), ...Workplace }),
    response: AdministeredUser,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  updateUser: {
    ...ADMINISTRATION,
    method: 'PATCH',
    path: '/admin/users/:id',
    summary: 'Change name, role, workplace or status; all but the name sign the user out',
    params: IdParams,
    body: z
      .strictObject({
        name: Text(120),
        role: RoleName,
        status: z.enum(['active', 'disabled']),
        ...Workplace,
      })
      .partial(),
    response: AdministeredUser,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deleteUser: {
    ...ADMINISTRATION,
    method: 'DELETE',
    path: '/admin/users/:id',
    summary: 'Erase a user of whom nothing is on record, as one made by mistake',
    params: IdParams,
    response: Done,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  disableUsers: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/users/disable',
    summary: 'Disable users and end their sessions',
    body: z.strictObject({ user_ids: ManyIds }),
    response: DoneToMany,
  },
  resetPassword: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/users/:id/reset-password',
    summary:
      "End a user's password and sessions; the answer shows once a link with which they choose another",
    params: IdParams,
    response: z.object({ link: z.url(), expires_at: Timestamp }),
    notIdempotentBecause: 'a saved reply would keep the link; a newer link ends the one before',
    errors: ['not_found', 'conflict'],
  },
  resetSecondFactor: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/users/:id/reset-second-factor',
    summary: "Remove a user's authenticator, as when their telephone is lost; signs them out",
    params: IdParams,
    response: AdministeredUser,
    errors: ['not_found', 'conflict'],
  },
});

export const Hospital = z.object({
  id: Id,
  name: z.string(),
  location: z.string(),
  laboratory: Named,
  uploaders_share: z.boolean(),
  user_count: z.number().int(),
  version: Version,
  created_at: Timestamp,
});

export const hospitalAdministrationRoutes = defineRoutes({
  listHospitals: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/hospitals',
    summary: 'Hospitals of all laboratories',
    csv: 'hospital',
    query: exportedListQuery({
      q: z.string().trim().max(160).optional(),
      sort: z.enum(['name', '-name']).default('name'),
    }),
    response: listOf(Hospital),
  },
  createHospital: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/hospitals',
    summary: 'Create a hospital',
    body: z.strictObject({
      name: HospitalName,
      location: HospitalPlace,
      uploaders_share: z.boolean().optional(),
      laboratory_id: Id.optional(),
    }),
    response: Hospital,
    status: 201,
    idempotent: true,
    errors: ['conflict'],
  },
  updateHospital: {
    ...ADMINISTRATION,
    method: 'PATCH',
    path: '/admin/hospitals/:id',
    summary: "Rename a hospital, or say whether its uploaders see each other's patients",
    params: IdParams,
    body: z
      .strictObject({ name: HospitalName, location: HospitalPlace, uploaders_share: z.boolean() })
      .partial(),
    response: Hospital,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deleteHospital: {
    ...ADMINISTRATION,
    method: 'DELETE',
    path: '/admin/hospitals/:id',
    summary: 'Erase a hospital that nobody and nothing belongs to',
    params: IdParams,
    response: Done,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
});
