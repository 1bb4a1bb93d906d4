import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'mariadb-host': { type: 'string', default: '127.0.0.1' },
    'mariadb-port': { type: 'string' },
    'mariadb-user': { type: 'string', default: 'root' },
    'mariadb-password': { type: 'string', default: '111' },
    'snapshot-quota': { type: 'string' },
  },
});
if (values['mariadb-port'] === undefined) throw new Error('--mariadb-port is missing');

const emulator = await startEmulator({
  port: Number(values.port),
  mariadb: {
    host: values['mariadb-host'],
    port: Number(values['mariadb-port']),
    user: values['mariadb-user'],
    password: values['mariadb-password'],
  },
  ...(values['snapshot-quota'] === undefined ? {} : { snapshotQuota: Number(values['snapshot-quota']) }),
});
console.log(`MatrixOne emulator ready on 127.0.0.1:${emulator.port}`);

const stop = (): void => {
  void emulator.stop().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
