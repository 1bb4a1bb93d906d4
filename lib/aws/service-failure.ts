/** The kinds of failures of an AWS service, or of the SDK on the way to it. */
export type ServiceFailure = 'throttled' | 'denied' | 'missing' | 'refused' | 'unreachable' | 'other';

/** Names of errors of services and the SDK. Errors with other names are classified by their HTTP status. */
export const SERVICE_ERRORS: Readonly<Record<Exclude<ServiceFailure, 'other'>, readonly string[]>> = {
  throttled: [
    ...['BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException', 'PriorRequestNotComplete'],
    ...['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'RequestThrottled', 'SlowDown'],
    ...['RequestThrottledException', 'ThrottledException', 'Throttling', 'ThrottlingException'],
    ...['TooManyRequestsException', 'TransactionInProgressException'],
  ],
  // missing rights, and credentials that are wrong, missing or expired
  denied: [
    ...['AccessDeniedException', 'AccessDenied', 'UnauthorizedException', 'OptInRequired', 'NotAuthorized'],
    ...['ExpiredTokenException', 'ExpiredToken', 'RequestExpired', 'TokenRefreshRequired', 'RequestTimeTooSkewed'],
    ...['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ...['IncompleteSignature', 'MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
    ...[
      'CredentialsProviderError',
      'KMSAccessDeniedException',
      'KMSDisabledException',
      'AuthFailure',
      'EC2AccessDeniedException',
    ],
  ],
  missing: ['ResourceNotFoundException', 'TableNotFoundException', 'KMSNotFoundException'],
  refused: [
    ...['ValidationException', 'ValidationError', 'SerializationException', 'InvalidParameterValueException'],
    ...['ItemCollectionSizeLimitExceededException', 'RequestTooLargeException', 'InvalidRequestContentException'],
    ...['ConditionalCheckFailedException', 'UnknownOperationException', 'RequestEntityTooLarge'],
  ],
  unreachable: [
    ...['TimeoutError', 'RequestTimeout', 'RequestTimeoutException', 'NetworkingError', 'AbortError'],
    ...['ServiceUnavailable', 'ServiceUnavailableException', 'InternalServerError', 'InternalFailure'],
    ...['InternalServerErrorException', 'ServiceException', 'ResourceInUseException', 'ResourceNotReadyException'],
    ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ],
};

const BY_NAME: ReadonlyMap<string, ServiceFailure> = new Map(
  Object.entries(SERVICE_ERRORS).flatMap(([failure, names]) =>
    names.map((name) => [name, failure as ServiceFailure] as const),
  ),
);

/** Classifies an error of the AWS SDK: by its name, by Node's code of a network error, and last by the HTTP status. */
export function serviceFailure(error: unknown): ServiceFailure {
  if (typeof error !== 'object' || error === null) return 'other';
  const { name, code, $metadata } = error as Readonly<Record<string, unknown>>;
  const known = [name, code].flatMap((word) => (typeof word === 'string' ? (BY_NAME.get(word) ?? []) : []))[0];
  return known ?? byStatus($metadata);
}

function byStatus(metadata: unknown): ServiceFailure {
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata && metadata.httpStatusCode;
  if (typeof status !== 'number') return 'other';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'denied';
  if (status >= 500) return 'unreachable';
  return status >= 400 ? 'refused' : 'other';
}
