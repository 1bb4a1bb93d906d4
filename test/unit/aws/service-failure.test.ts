import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { SERVICE_ERRORS, serviceFailure } from '../../../lib/aws/service-failure.ts';
import { storeError } from '../../../lib/dynamodb/store-error.ts';

const named = (name: string, extra: object = {}): Error => Object.assign(new Error('It says why.'), { name, ...extra });

test.each([
  ['ProvisionedThroughputExceededException', 'STORE_THROTTLED', true],
  ['ThrottlingException', 'STORE_THROTTLED', true],
  ['RequestLimitExceeded', 'STORE_THROTTLED', true],
  ['AccessDeniedException', 'STORE_DENIED', true],
  ['ExpiredTokenException', 'STORE_DENIED', true],
  ['UnrecognizedClientException', 'STORE_DENIED', true],
  ['CredentialsProviderError', 'STORE_DENIED', true],
  ['ResourceNotFoundException', 'STORE_MISSING', true],
  ['ValidationException', 'STORE_REFUSED', false],
  ['TimeoutError', 'STORE_ERROR', true],
  ['InternalServerError', 'STORE_ERROR', true],
  ['SomethingNew', 'STORE_ERROR', true],
])('%s of DynamoDB is %s', (name, code, retry) => {
  const error = storeError('save the progress', named(name));
  expect(error).toMatchObject({ code, retry, message: `DynamoDB could not save the progress: ${name}: It says why.` });
});

test.each(['ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'])('%s of the network may pass', (code) => {
  expect(serviceFailure(named('Error', { code }))).toBe('unreachable');
});

it('goes by the HTTP status where the name says nothing, and by the name where it does', () => {
  const names = Object.values(SERVICE_ERRORS).flat();
  expect(new Set(names).size).toBe(names.length);
  const status = fc.integer({ min: 400, max: 599 });
  fc.assert(
    fc.property(fc.constantFrom(...names), status, (name, httpStatusCode) => {
      const $metadata = { httpStatusCode };
      expect(serviceFailure(named(name, { $metadata }))).toBe(serviceFailure(named(name)));
      const unnamed = serviceFailure(named('Unheard', { $metadata }));
      const expected =
        httpStatusCode === 429 ? 'throttled' : [401, 403].includes(httpStatusCode) ? 'denied' : undefined;
      expect(unnamed).toBe(expected ?? (httpStatusCode >= 500 ? 'unreachable' : 'refused'));
    }),
  );
});

it('takes what is no error of a service for something else', () => {
  for (const thrown of [undefined, null, 'text', 7, {}, new Error('x')]) expect(serviceFailure(thrown)).toBe('other');
});
