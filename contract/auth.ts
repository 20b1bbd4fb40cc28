import { z } from 'zod';
import { Done, Id, IdParams, listOf, Text, Timestamp } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';

export const RoleName = z.enum(ALL_ROLES);

export const Me = z.object({
  id: Id,
  name: z.string(),
  email: z.string(),
  role: RoleName,
  status: z.enum(['pending', 'active', 'disabled']),
  hospital: z.object({ id: Id, name: z.string() }).nullable(),
  laboratory: z.object({ id: Id, name: z.string() }).nullable(),
  can_sign: z.boolean(),
  created_at: Timestamp,
});

/** 8–64 characters and at most 72 bytes, since bcrypt ignores what comes after. */
export const Password = z
  .string()
  .min(8, 'at least 8 characters')
  .max(64, 'at most 64 characters')
  .refine((value) => new TextEncoder().encode(value).length <= 72, 'at most 72 bytes');

const Token = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
});

export const Email = z.email().max(254).toLowerCase();

export const authRoutes = defineRoutes({
  signInOptions: {
    method: 'GET',
    path: '/sign-in-options',
    summary: 'What the sign-in and registration pages may offer',
    tag: 'Authentication',
    access: 'public',
    response: z.object({
      registration: z.enum(['open', 'approval', 'closed']),
      recaptcha_site_key: z.string().nullable(),
    }),
  },
  register: {
    method: 'POST',
    path: '/register',
    summary: 'Register as uploader or annotator',
    tag: 'Authentication',
    access: 'public',
    body: z.strictObject({
      name: Text(120),
      email: Email,
      password: Password,
      role: z
        .enum(['UPLOADER', 'ANNOTATOR', 'ANNONATOR'])
        .transform((role) => (role === 'UPLOADER' ? role : 'ANNOTATOR')),
      hospital: Text(160),
      location: Text(160),
      recaptcha_token: z.string().max(4000).optional(),
    }),
    response: z.union([
      z.object({ status: z.literal('active'), user: Me }),
      z.object({ status: z.literal('received') }),
    ]),
    status: 201,
    // Received, where an administrator approves.
    alsoAnswers: [202],
    errors: ['email_taken', 'forbidden', 'rate_limited'],
  },
  login: {
    method: 'POST',
    path: '/login',
    summary: 'Sign in: answers a token and sets the session cookie',
    tag: 'Authentication',
    access: 'public',
    body: z.strictObject({
      email: Email,
      password: z.string().min(1).max(200),
      totp: z.string().max(12).optional(),
    }),
    response: Token.extend({ user: Me }),
    errors: ['invalid_credentials', 'rate_limited'],
  },
  logout: {
    method: 'POST',
    path: '/logout',
    summary: 'End this session',
    tag: 'Authentication',
    access: ALL_ROLES,
    response: Done,
  },
  refreshToken: {
    method: 'POST',
    path: '/token/refresh',
    summary: 'A new access token for this session',
    tag: 'Authentication',
    access: ALL_ROLES,
    response: Token,
  },
  me: {
    method: 'GET',
    path: '/me',
    summary: 'Who is signed in',
    tag: 'Authentication',
    access: ALL_ROLES,
    response: Me,
  },
  updateMe: {
    method: 'PATCH',
    path: '/me',
    summary: 'Change the own name',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z.strictObject({ name: Text(120) }),
    response: Me,
  },
  changePassword: {
    method: 'POST',
    path: '/me/password',
    summary: 'Change the own password; ends the other sessions',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z.strictObject({ current_password: z.string().min(1).max(200), new_password: Password }),
    response: Done,
    errors: ['invalid_credentials'],
  },
  listSessions: {
    method: 'GET',
    path: '/me/sessions',
    summary: 'The own sessions',
    tag: 'Authentication',
    access: ALL_ROLES,
    response: listOf(
      z.object({
        id: Id,
        created_at: Timestamp,
        last_seen_at: Timestamp,
        user_agent: z.string().nullable(),
        current: z.boolean(),
      }),
    ),
  },
  endSession: {
    method: 'DELETE',
    path: '/me/sessions/:id',
    summary: 'End one of the own sessions',
    tag: 'Authentication',
    access: ALL_ROLES,
    params: IdParams,
    response: Done,
    errors: ['not_found'],
  },
  logActivity: {
    method: 'POST',
    path: '/log-activity',
    summary: 'Note an act of the user in the activity log',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z.strictObject({
      activity_type: z
        .string()
        .regex(/^[a-z][a-z0-9_.]{0,63}$/, 'lower case letters, digits, dots and underscores'),
      description: Text(1000),
      metadata: z
        .record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]))
        .refine((metadata) => Object.keys(metadata).length <= 50, 'at most 50 entries')
        .optional(),
    }),
    response: z.object({ id: Id }),
    status: 201,
  },
});
