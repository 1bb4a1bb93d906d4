import { isThrottlingError, isTransientError } from '@smithy/service-error-classification';

/** The kinds of failures of an AWS service, or of the SDK on the way to it. */
export type ServiceFailure = 'throttled' | 'denied' | 'missing' | 'refused' | 'unreachable' | 'other';

/**
 * Names of errors of services and the SDK. The SDK itself classifies errors with other names as throttling or passing; what
 * remains is classified by the HTTP status.
 */
export const SERVICE_ERRORS: Readonly<Record<Exclude<ServiceFailure, 'other' | 'throttled'>, readonly string[]>> = {
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
    ...['NetworkingError', 'AbortError'],
    ...['ServiceUnavailable', 'ServiceUnavailableException', 'InternalServerError', 'InternalFailure'],
    ...['InternalServerErrorException', 'ServiceException', 'ResourceInUseException', 'ResourceNotReadyException'],
    'EAI_AGAIN',
  ],
};

const BY_NAME: ReadonlyMap<string, ServiceFailure> = new Map(
  Object.entries(SERVICE_ERRORS).flatMap(([failure, names]) =>
    names.map((name) => [name, failure as ServiceFailure] as const),
  ),
);

/** Classifies an error of the AWS SDK: by its name or Node's code of a network error, by the SDK, and last by its status. */
export function serviceFailure(error: unknown): ServiceFailure {
  if (typeof error !== 'object' || error === null) return 'other';
  const { name, code, $metadata } = error as Readonly<Record<string, unknown>>;
  const known = [name, code].flatMap((word) => (typeof word === 'string' ? (BY_NAME.get(word) ?? []) : []))[0];
  return known ?? bySdk(error) ?? byStatus($metadata);
}

function bySdk(error: object): ServiceFailure | undefined {
  // The SDK reads a few members, each of which may be missing.
  const seen = error as Parameters<typeof isThrottlingError>[0];
  if (isThrottlingError(seen)) return 'throttled';
  return isTransientError(seen) ? 'unreachable' : undefined;
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
