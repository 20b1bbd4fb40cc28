/**
 * What an attacker must not achieve, or a rule that must be kept. Each line needs a test whose name ends in its tag or
 * in another advisory that it names, such as [CVE-2023-47117] or [tls-or-loopback, headers].
 */
export interface SecurityLine {
  tag: string;
  /** What went wrong there, and further advisories. */
  learntFrom?: string;
  mustHold: string;
  /** What does not exist yet and would be tested; a line without a test must name it. */
  waitsFor?: string;
}

/** Lessons of published advisories against systems of this kind. */
export const attacks: readonly SecurityLine[] = [
  {
    tag: 'CVE-2023-47117',
    learntFrom: 'ORM filter leak',
    mustHold:
      'no list filters or sorts on a password, token or relation: 422 with the path, as for any field that a route does not name',
  },
  {
    tag: 'CVE-2026-25927',
    learntFrom: 'IDOR; CVE-2026-25929, CVE-2026-25745, label-studio #9796 and #9924',
    mustHold:
      "another hospital's ids in every route answer 404 and leave every row as it was; the matrix of routes, roles and owners comes from the contract",
  },
  {
    tag: 'CVE-2022-36551',
    learntFrom: 'SSRF; CVE-2023-47116, GHSA-q684-4jjh-83g6',
    mustHold:
      'the model endpoint is set by the operator only, its address is resolved once and pinned, no redirect is followed, link-local and metadata addresses are refused',
  },
  {
    tag: 'CVE-2026-23516',
    learntFrom: 'SVG; CVE-2019-9757',
    mustHold: 'SVG is refused by its content, whatever its name and type say',
  },
  {
    tag: 'CVE-2023-47115',
    learntFrom: 'HTML as upload; CVE-2026-65986',
    mustHold: 'every stored byte is answered with nosniff, as attachment, under CSP sandbox',
  },
  {
    tag: 'CVE-2026-32118',
    learntFrom: 'stored XSS; CVE-2021-41132',
    mustHold: 'markup in names, file names, comments and cell types shows as text',
  },
  {
    tag: 'CVE-2026-47682',
    learntFrom: 'traversal; CVE-2018-1002204, zip slip',
    mustHold: '../, %2e%2e and NUL never reach a path',
  },
  {
    tag: 'CVE-2026-5438',
    learntFrom: 'decompression bombs and overflow of dimensions; CVE-2026-5439 to 5443',
    mustHold: 'headers of 65535² and 2³² pixels are refused before anything is allocated: 422',
  },
  {
    tag: 'CVE-2023-4863',
    learntFrom: 'decoders; CVE-2025-61144',
    mustHold: 'four loaders only, in job processes; mutated files never harm the API process',
  },
  {
    tag: 'CVE-2025-23045',
    learntFrom: 'pickle; CVE-2025-5173',
    mustHold: 'replies of a model are JSON of a known shape',
  },
  {
    tag: 'CVE-2025-0896',
    learntFrom: 'open by default; CVE-2023-43791',
    mustHold: 'with a weak or sample secret nothing listens beyond loopback',
  },
  {
    tag: 'CVE-2022-23540',
    learntFrom: 'JWT; CVE-2023-48223, CVE-2026-34950',
    mustHold: 'alg none, other algorithms and keys named by the token itself: 401',
  },
  {
    tag: 'CVE-2026-31070',
    learntFrom: 'mass assignment, escalation; CVE-2026-23526',
    mustHold:
      'registration grants no more than its mode allows, nobody changes their own role, status or hospital, the last administrator stays',
  },
  {
    tag: 'CVE-2026-78357',
    learntFrom: 'tokens that outlive their reason',
    mustHold: 'after a change of password, role or status the next request is 401',
  },
  {
    tag: 'GHSA-6f65-4fv2-wwch',
    learntFrom: 'accounts told apart',
    mustHold:
      'signing in answers alike for known and unknown accounts, in text and in the work that it costs',
  },
  {
    tag: 'GHSA-fqh6-6h6c-366m',
    learntFrom: 'poisoned links',
    mustHold: 'no answer and no link takes its address from Host or X-Forwarded-Host',
  },
  {
    tag: 'CVE-2021-29047',
    learntFrom: 'captcha',
    mustHold: 'a captcha token that was used, is for another host or cannot be verified is refused',
  },
  {
    tag: 'GHSA-4m3m-ppvx-xgw9',
    learntFrom: 'session fixation, CSRF; CVE-2014-7198',
    mustHold: 'each sign-in opens a new session; writes of other origins with the cookie: 403',
  },
  {
    tag: 'CVE-2021-21377',
    learntFrom: 'open redirect',
    mustHold: 'no address makes the application lead elsewhere after signing in',
  },
  {
    tag: 'CVE-2021-41128',
    learntFrom: 'CSV injection',
    mustHold: 'cells beginning with = + - @ tab CR are neutralised in CSV',
  },
  {
    tag: 'CVE-2026-94368',
    learntFrom: 'signed addresses',
    mustHold: 'a signed address opens one key, by reading, for at most five minutes',
  },
  {
    tag: 'CVE-2023-25576',
    learntFrom: 'multipart; CVE-2026-18549',
    mustHold: 'parts, fields and files of a form are limited; an upload that breaks off leaves no file',
  },
  {
    tag: 'CVE-2025-32442',
    learntFrom: 'guards passed by; CVE-2026-6414, CVE-2026-85184',
    mustHold: 'odd content types: 415; %2F, // and /x/../ on every route pass the same guard',
  },
  {
    tag: 'CVE-2026-92395',
    learntFrom: 'forged X-Forwarded-For',
    mustHold: 'it changes neither a limit nor what the activity log says',
  },
  {
    tag: 'CVE-2021-23597',
    learntFrom: 'prototype pollution, slow patterns; CVE-2026-4867',
    mustHold: '__proto__ is harmless in every body; 100 kB of anything and deep JSON are refused at once',
  },
  {
    tag: 'CVE-2023-28432',
    learntFrom: 'GHSA-674p-xv2x-rf3g',
    mustHold:
      'errors and health show no environment, SQL or stack; CR and LF stay within one line of the log',
  },
];

/** HIPAA 164.312 and OWASP ASVS 5.0 level 2. */
export const rules: readonly SecurityLine[] = [
  { tag: 'unique-user', mustHold: 'every act in the activity log names one user' },
  {
    tag: 'break-glass',
    mustHold: 'access beyond the own hospital in an emergency needs a reason and raises an alert',
  },
  { tag: 'session-limits', mustHold: 'sessions of browsers end when idle and after twelve hours' },
  {
    tag: 'audit-chain',
    mustHold: 'the activity log is chained by hash, and the role of the application cannot change it',
  },
  { tag: 'image-hash', mustHold: 'images are compared with their SHA-256 when read, and by a scrubber' },
  {
    tag: 'second-factor',
    mustHold: 'TOTP codes and recovery codes are good once',
  },
  { tag: 'no-default-admin', mustHold: 'nobody can sign in until an administrator was made with a secret' },
  { tag: 'passwords', mustHold: '8 to 64 characters, nothing cut off' },
  {
    tag: 'breached-passwords',
    mustHold: 'common passwords of known breaches are refused',
  },
  { tag: 'throttling', mustHold: 'guessing is slowed by account and address, and nobody is locked out' },
  { tag: 'revocation', mustHold: 'signing out and disabling end sessions at once' },
  {
    tag: 're-authentication',
    mustHold: 'a change of password or second factor asks for the password again',
  },
  {
    tag: 'headers',
    mustHold:
      'strict CSP, nosniff, no framing, HSTS over TLS, CORS by list, no-store on every answer of the API',
  },
  {
    tag: 'no-patient-data',
    mustHold: 'nothing of a patient and no secret in logs, addresses or the storage of the browser',
  },
  { tag: 'exif', mustHold: 'what is shown of an image carries no metadata' },
  { tag: 'object-keys', mustHold: 'keys are UUIDs and name no patient; file names are told by RFC 6266' },
  { tag: 'tls-or-loopback', mustHold: 'cookies are Secure over TLS; keys travel encrypted or on loopback' },
  { tag: 'licences', mustHold: 'every library is listed with a licence that permits its use (SBOM)' },
  { tag: 'restore', mustHold: 'a backup is restored with every row and byte' },
  {
    tag: 'retention',
    mustHold: 'records are kept six years: nothing is erased by removing it',
  },
];
