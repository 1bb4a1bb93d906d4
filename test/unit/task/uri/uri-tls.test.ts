import { describe, expect, it } from 'vitest';
import { isCdcError } from '../../../../lib/errors.ts';
import { maskUri, parseDatabaseUri } from '../../../../lib/task/uri/database-uri.ts';
import type { TlsSettings } from '../../../../lib/task/uri/uri-tls.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n';
const INLINE = `tls-ca=${encodeURIComponent(PEM)}`;
const BASE64 = `ssl-ca=${Buffer.from(PEM).toString('base64')}`;

const uri = (query: string): string => `mysql://u:hunter2@h:1?${query}`;
const read = (query: string): TlsSettings => parseDatabaseUri(uri(query)).tls;
const complaint = (query: string): string => {
  try {
    read(query);
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return error.message;
    throw error;
  }
  return '';
};

describe('the TLS parameters of a URI', () => {
  it.each([
    ['', 'offered', 'identity'],
    ['tls=preferred', 'offered', 'identity'],
    ['ssl-mode=PREFERRED', 'offered', 'identity'],
    ['tls=true', 'always', 'identity'],
    ['tls=required', 'always', 'identity'],
    ['ssl-mode=REQUIRED', 'always', 'identity'],
    ['ssl-mode=VERIFY_IDENTITY', 'always', 'identity'],
    ['tls=verify-identity', 'always', 'identity'],
    ['ssl-mode=verify_ca', 'always', 'issuer'],
    ['tls=skip-verify', 'always', 'nothing'],
    ['tls=false', 'never', 'nothing'],
    ['ssl-mode=DISABLED', 'never', 'nothing'],
  ])('%j: encrypted when %s, verifies %s', (query, use, verify) => {
    expect(read(query)).toEqual({ use, verify });
  });

  it('takes the certificate of the issuer inline and in base64, and then insists on TLS', () => {
    for (const query of [INLINE, BASE64]) expect(read(query)).toEqual({ use: 'always', verify: 'identity', ca: PEM });
    expect(read(`${INLINE}&tls=preferred`).use).toBe('offered');
    expect(read('tls-server-name=db.test')).toEqual({ use: 'always', verify: 'identity', serverName: 'db.test' });
  });

  it.each([
    ['tls=maybe', 'verify-ca'],
    ['tls=__proto__', 'verify-ca'],
    ['tls=constructor', 'verify-ca'],
    ['tls=', 'verify-ca'],
    ['ssl-key=secret', 'ssl-key'],
    ['charset=utf8', 'charset'],
    ['TLS=true', 'TLS'],
    ['tls=true&ssl-mode=REQUIRED', 'more than once'],
    ['tls=true&tls=true', 'more than once'],
    [`${INLINE}&${BASE64}`, 'more than once'],
    [`tls=false&${INLINE}`, 'disabled'],
    [`tls=skip-verify&${INLINE}`, 'skip-verify'],
    ['tls=disabled&tls-server-name=x', 'disabled'],
    ['tls=verify-ca&tls-server-name=x', 'verify-ca'],
    ['tls-server-name=', 'empty'],
    ['tls-ca=/etc/passwd', 'neither PEM'],
    ['tls=%zz', 'percent-encoding'],
  ])('refuses %j and says why', (query, why) => {
    expect(complaint(query)).toContain(why);
    expect(complaint(query)).not.toContain('hunter2');
  });

  it('never shows the value of a parameter that it does not know', () => {
    expect(complaint('ssl-key=secret')).not.toContain('secret');
  });

  it('reads a masked URI as the same server with the same TLS', () => {
    for (const query of ['', INLINE, BASE64, 'tls=skip-verify', 'tls-server-name=x']) {
      expect(parseDatabaseUri(maskUri(uri(query)))).toEqual({ ...parseDatabaseUri(uri(query)), password: '******' });
    }
  });
});
