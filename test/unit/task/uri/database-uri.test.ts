import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCdcError } from '../../../../lib/errors.ts';
import { maskUri, parseDatabaseUri } from '../../../../lib/task/uri/database-uri.ts';
import { DEFAULT_TLS } from '../../../../lib/task/uri/uri-tls.ts';

const tls = DEFAULT_TLS;

const messageOf = (uri: string): string => {
  try {
    parseDatabaseUri(uri);
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return error.message;
    throw error;
  }
  return '';
};

describe('parseDatabaseUri', () => {
  it.each([
    ['mysql://root:111@127.0.0.1:6001', { user: 'root', password: '111', host: '127.0.0.1', port: 6001, tls }],
    ['mysql://root:111@db.example.com', { user: 'root', password: '111', host: 'db.example.com', port: 6001, tls }],
    ['mysql://acc:u:p@h:1', { user: 'acc#u', password: 'p', host: 'h', port: 1, tls }],
    ['mysql://acc#u:p@h:1/', { user: 'acc#u', password: 'p', host: 'h', port: 1, tls }],
    ['mysql://u:p@ss@h:1', { user: 'u', password: 'p@ss', host: 'h', port: 1, tls }],
    ['mysql://u:%3A%40%25@[::1]:1', { user: 'u', password: ':@%', host: '::1', port: 1, tls }],
    ['mysql://u:@h', { user: 'u', password: '', host: 'h', port: 6001, tls }],
  ])('reads %s', (uri, address) => {
    expect(parseDatabaseUri(uri)).toEqual(address);
  });

  it.each([
    '',
    'root:111@h:1',
    'postgres://u:p@h:1',
    'mysql://h:1',
    'mysql://u@h:1',
    'mysql://:p@h:1',
    'mysql://a:b:c:d@h:1',
    'mysql://u:p@h:0',
    'mysql://u:p@h:65536',
    'mysql://u:p@h:x',
    'mysql://u:p@',
    'mysql://u:p@h:1/db',
    'mysql://u:%zz@h:1',
    'mysql://u:p@h#x',
  ])('refuses %j', (uri) => {
    expect(messageOf(uri)).not.toBe('');
  });

  it('reads back any user and password that are percent-encoded', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(text, text, (user, password) => {
        const uri = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h:6001`;
        expect(parseDatabaseUri(uri)).toEqual({ user, password, host: 'h', port: 6001, tls });
      }),
    );
  });

  it('never shows a password when it refuses a URI', () => {
    for (const uri of ['mysql://u:hunter2@h:0', 'mysql://a:b:c:hunter2@h', 'u:hunter2', 'mysql://u:hunter2@h/x']) {
      expect(messageOf(uri)).not.toBe('');
      expect(messageOf(uri)).not.toContain('hunter2');
    }
  });
});

describe('maskUri', () => {
  it('replaces the password and nothing else', () => {
    expect(maskUri('mysql://root:111@127.0.0.1:6001')).toBe('mysql://root:******@127.0.0.1:6001');
    expect(maskUri('mysql://acc#u:p@h:1')).toBe('mysql://acc#u:******@h:1');
    expect(maskUri('mysql://acc:u:p@h:1')).toBe('mysql://******@h:1');
    expect(maskUri('mysql://u:p@ss@h:1')).toBe('******');
    expect(maskUri('mysql://u:p@h:1?tls=true&tls-ca=LS0=')).toBe('mysql://u:******@h:1?tls=true&tls-ca=LS0=');
    expect(maskUri('mysql://u:p@h:1/?ssl-mode=REQUIRED')).toBe('mysql://u:******@h:1/?ssl-mode=REQUIRED');
    expect(maskUri('mysql://u:p?tls=x@h:1/?ssl-mode=REQUIRED')).toBe('******');
  });

  it('masks the values of parameters that it does not know', () => {
    expect(maskUri('mysql://u:p@h?password=hunter2&tls=true')).toBe('mysql://u:******@h?password=******&tls=true');
  });

  it('masks whole what it does not understand', () => {
    for (const text of ['secret', 'mysql://secret', 'mysql://secret@h', 'mysql://a:b:c:secret@h']) {
      expect(maskUri(text)).not.toContain('secret');
    }
  });
});
