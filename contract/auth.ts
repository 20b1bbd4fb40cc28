import { z } from 'zod';
import { Done, Id, IdParams, listOf, Named, Text, Timestamp } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';

export const RoleName = z.enum(ALL_ROLES);

export const Me = z.object({
  id: Id,
  name: z.string(),
  email: z.string(),
  role: RoleName,
  status: z.enum(['pending', 'active', 'disabled']),
  hospital: Named.nullable(),
  laboratory: Named.nullable(),
  can_sign: z.boolean(),
  /** Somebody else knows the password: until it is changed, nothing else can be done. */
  must_change_password: z.boolean(),
  /** Null while the password alone is asked for. */
  second_factor: z.object({ recovery_codes_left: z.number().int() }).nullable(),
  created_at: Timestamp,
});

/** 8–64 characters and at most 72 bytes, since bcrypt ignores what comes after. */
export const Password = z
  .string()
  .min(8, 'at least 8 characters')
  .max(64, 'at most 64 characters')
  .refine((value) => new TextEncoder().encode(value).length <= 72, 'at most 72 bytes');

/** What somebody gives to prove that they know their password, whatever its length. */
const GivenPassword = z.string().min(1).max(200);

/** Six digits of an authenticator, or a recovery code. */
const GivenCode = z.string().trim().min(1).max(40);

const Token = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
});

/** Good for one new pair of tokens; one that comes twice ends the session. */
const RefreshToken = z.string().max(2000);

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
    notIdempotentBecause: 'nobody is signed in whose key it could be; an address is registered once',
    errors: ['email_taken', 'forbidden', 'captcha_refused', 'unavailable', 'rate_limited'],
  },
  login: {
    method: 'POST',
    path: '/login',
    summary: 'Sign in: answers a token and sets the session cookie',
    tag: 'Authentication',
    access: 'public',
    body: z.strictObject({
      email: Email,
      password: GivenPassword,
      totp: GivenCode.optional(),
    }),
    response: Token.extend({ refresh_token: RefreshToken, user: Me }),
    notIdempotentBecause: 'each sign-in opens a session of its own, and a saved reply would keep its tokens',
    errors: ['invalid_credentials', 'second_factor_required', 'rate_limited'],
  },
  redeemPasswordLink: {
    method: 'POST',
    path: '/password-reset',
    summary: 'Choose a password with the one-time link that an administrator made',
    tag: 'Authentication',
    access: 'public',
    body: z.strictObject({ token: z.string().min(1).max(200), new_password: Password }),
    response: Done,
    errors: ['link_ended', 'rate_limited'],
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
    summary: 'New tokens for a refresh token, or a new access token for the session that asks',
    tag: 'Authentication',
    // Who asks is known by the refresh token when there is one, else by the session as anywhere.
    access: 'public',
    body: z.strictObject({ refresh_token: RefreshToken }).nullish(),
    response: Token.extend({ refresh_token: RefreshToken.optional() }),
    errors: ['unauthenticated', 'csrf'],
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
    summary: 'Change the own name or email address; another address needs the password',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z
      .strictObject({ name: Text(120), email: Email, current_password: GivenPassword })
      .partial()
      .refine(({ email, current_password }) => email === undefined || current_password !== undefined, {
        error: 'give your password with another address',
        path: ['current_password'],
      }),
    response: Me,
    errors: ['invalid_credentials', 'email_taken', 'rate_limited'],
  },
  changePassword: {
    method: 'POST',
    path: '/me/password',
    summary: 'Change the own password; ends the other sessions',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z.strictObject({ current_password: GivenPassword, new_password: Password }),
    response: Done,
    errors: ['invalid_credentials', 'rate_limited'],
  },
  changeSecondFactor: {
    method: 'POST',
    path: '/me/totp',
    summary: 'Set up an authenticator (enrol, then confirm with its first code), or remove it',
    tag: 'Authentication',
    access: ALL_ROLES,
    body: z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('enrol'), current_password: GivenPassword }),
      z.strictObject({ action: z.literal('confirm'), code: GivenCode }),
      z.strictObject({ action: z.literal('remove'), current_password: GivenPassword }),
    ]),
    response: z.union([
      z.object({ state: z.literal('enrolling'), secret: z.string(), otpauth_uri: z.string() }),
      /** The codes are shown only now. */
      z.object({ state: z.literal('on'), recovery_codes: z.array(z.string()) }),
      z.object({ state: z.literal('off') }),
    ]),
    notIdempotentBecause: 'a saved reply would keep the secret; each step is taken once by itself',
    errors: ['invalid_credentials', 'second_factor_required', 'conflict', 'rate_limited'],
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
        address: z.string().nullable(),
        current: z.boolean(),
      }),
    ),
  },
  endOtherSessions: {
    method: 'DELETE',
    path: '/me/sessions',
    summary: 'End all of the own sessions but this one',
    tag: 'Authentication',
    access: ALL_ROLES,
    response: Done,
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
        // The log keeps all of it for years.
        .refine((metadata) => JSON.stringify(metadata).length <= 4000, 'at most 4,000 characters in all')
        .optional(),
    }),
    response: z.object({ id: Id }),
    status: 201,
    idempotent: true,
  },
});
