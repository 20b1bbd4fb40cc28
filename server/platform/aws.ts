/** How to reach the services of AWS, or those that speak like them. */
export interface AwsSettings {
  region: string;
  /** Of a compatible service; undefined for AWS itself. */
  endpointUrl: string | undefined;
  /** Undefined leaves them to the SDK: its profile files, the role of the container or of the machine. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined } | undefined;
}

const CONNECTION_TIMEOUT_MS = 3000;
const MOST_CONNECTIONS = 500;

/** What the clients of all services are made with. */
export function awsClientSettings(
  { region, endpointUrl, credentials }: AwsSettings,
  { silenceLimitMs }: { silenceLimitMs: number },
) {
  const agent = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
  return {
    region,
    endpoint: endpointUrl,
    credentials,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: silenceLimitMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

const REFUSALS = [
  'NoSuchBucket',
  'NotFound',
  'PermanentRedirect',
  'QueueDoesNotExist',
  'AccessDenied',
  'Forbidden',
  '403',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'CredentialsProviderError',
];

/** The service does not know us, or what we ask for: asking again would end the same way. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && (REFUSALS.includes(error.name) || isRefusal(error.cause));
}

/** The queue has nowhere to put what cannot be processed. */
export class NoDeadLetterQueue extends Error {
  constructor(queueUrl: string) {
    super(
      `The queue ${queueUrl} has no dead-letter queue. Give it a RedrivePolicy that names one beside it, with a maxReceiveCount of about 6.`,
    );
    this.name = 'NoDeadLetterQueue';
  }
}
