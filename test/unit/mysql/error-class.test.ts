import { describe, expect, test } from 'vitest';
import { classifyMatrixone } from '../../../lib/matrixone/error-class.ts';
import { sinkErrors, sourceErrors } from '../../../lib/mysql/end-errors.ts';
import { classifyMysql } from '../../../lib/mysql/error-class.ts';

/** As the driver throws it: its own code in place of Node's, whose message stays. */
const tlsError = (message: string): Error => Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR' });

describe('errors of TLS', () => {
  test.each([
    'self-signed certificate',
    'self-signed certificate in certificate chain',
    'unable to verify the first certificate',
    'unable to get local issuer certificate',
    'certificate has expired',
    "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
    '140:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version',
    'write EPROTO 40:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
  ])('%s: an operator has to act', (message) => {
    expect(sinkErrors(classifyMysql)(tlsError(message))).toMatchObject({ code: 'SINK_TLS', retry: false });
    expect(sinkErrors(classifyMatrixone)(tlsError(message)).code).toBe('SINK_TLS');
    expect(sourceErrors(classifyMatrixone)(tlsError(message)).code).toBe('SOURCE_TLS');
  });

  test.each([
    'read ECONNRESET',
    'write EPIPE',
    'Client network socket disconnected before secure TLS connection was established',
  ])('%s: the network may come back', (message) => {
    expect(sinkErrors(classifyMysql)(tlsError(message))).toMatchObject({ code: 'SINK_UNREACHABLE', retry: true });
    expect(sourceErrors(classifyMatrixone)(tlsError(message)).code).toBe('SOURCE_UNREACHABLE');
  });

  test('a server that offers none', () => {
    const error = Object.assign(new Error('Server does not support secure connection'), {
      code: 'HANDSHAKE_NO_SSL_SUPPORT',
    });
    expect(sourceErrors(classifyMatrixone)(error).code).toBe('SOURCE_TLS');
    expect(sinkErrors(classifyMysql)(error).code).toBe('SINK_TLS');
  });
});
