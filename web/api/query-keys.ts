import type { Api } from '../../contract/api.ts';
import type { CallInput } from '../../contract/route.ts';

export type UserListQuery = CallInput<Api['listUsers']>['query'];
export type ActivityListQuery = NonNullable<CallInput<Api['listActivities']>['query']>;
export type RecordList =
  | 'listAllPatients'
  | 'listAllSamples'
  | 'listAllAnnotations'
  | 'listAllPatientAnnotations';
export type RecordQuery<K extends RecordList> =
  CallInput<Api[K]> extends { query?: infer Q } ? NonNullable<Q> : never;
export type PatientListQuery = CallInput<Api['listPatients']>['query'];

/** Every key of the query cache. A shorter key is the prefix of what hangs on it. */
export const queryKeys = {
  overview: ['overview'],
  processing: ['processing'],
  processingStatus: ['processing', 'status'],
  deadLetters: (total: number) => ['processing', 'dead-letters', total],
  ready: ['ready'],
  signInOptions: ['sign-in-options'],
  ownSessions: ['own-sessions'],
  laboratorySettingsOfAll: ['laboratory-settings'],
  laboratorySettings: (lavageId?: string) => ['laboratory-settings', lavageId ?? 'own'],

  settingsToEdit: (laboratoryId: string | undefined) => ['settings-to-edit', laboratoryId ?? 'own'],

  activityList: (filter: ActivityListQuery) => ['activity', 'list', filter],
  activityVerification: ['activity', 'verification'],

  emergencyAccesses: ['emergency-accesses', 'own'],
  unreviewedAccesses: ['emergency-accesses', 'unreviewed'],
  barringAccesses: ['emergency-accesses', 'barring'],

  users: ['users'],
  userList: (query: UserListQuery) => ['users', 'list', query],
  hospitals: ['hospitals'],

  patients: ['patients'],
  patientList: (query: PatientListQuery) => ['patients', 'list', query],
  patient: (patientId: string) => ['patients', 'one', patientId],

  unfinishedUploads: ['unfinished-uploads'],

  lavagesOf: (patientId: string) => ['lavages', patientId],
  diagnosesOf: (patientId: string) => ['diagnoses', patientId],

  samples: ['samples'],
  samplesOf: (patientId: string) => ['samples', 'patient', patientId],
  samplesPage: (patientId: string, page: number) => ['samples', 'patient', patientId, page],
  failedSamples: ['samples', 'failed'],
  sample: (jobId: string) => ['samples', 'one', jobId],
  progress: (jobId: string) => ['progress', jobId],
  lavageFields: (lavageId: string) => ['samples', 'lavage', lavageId],
  openedCells: (jobId: string, runId: string | null) => ['opened-cells', jobId, runId],

  detectionParameters: ['detection-parameters'],
  detectionPresetsOfAll: ['detection-presets'],
  detectionPresets: (lavageId: string) => ['detection-presets', lavageId],

  /** Of all hospitals, for administrators; beneath the key of what else shows the same rows. */
  records: {
    listAllPatients: ['patients', 'all'],
    listAllSamples: ['samples', 'all'],
    listAllAnnotations: ['annotations', 'all'],
    listAllPatientAnnotations: ['diagnoses', 'all'],
  },

  readings: (lavageId: string) => ['readings', lavageId],

  differential: (lavageId: string) => ['differential', lavageId],
  differentialOf: (lavageId: string, readingId: string) => ['differential', lavageId, readingId],
  agreement: (lavageId: string) => ['agreement', lavageId],
} as const satisfies Record<
  string,
  readonly unknown[] | Record<string, readonly unknown[]> | ((...ids: never[]) => readonly unknown[])
>;
