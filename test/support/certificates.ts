import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { install, type Requirement } from '../../localstack/installing/install.ts';
import { runToEnd } from '../../localstack/run-to-end.ts';

/** A server's certificate and its key, as files. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const CONFIG = (dir: string): string => `[ca]
default_ca = own
[own]
database = ${dir}/index.txt
new_certs_dir = ${dir}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

export const openssl = (): Requirement => ({
  packages: ['openssl'],
  isThere: async () =>
    await runToEnd('openssl', ['version']).then(
      () => true,
      () => false,
    ),
});

/** An issuer of certificates that no system trusts. */
export class CertificateAuthority {
  readonly #dir: string;
  #issued = 0;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async create(dir: string): Promise<CertificateAuthority> {
    await install([openssl()]);
    await mkdir(dir, { recursive: true });
    const authority = new CertificateAuthority(dir);
    await writeFile(authority.#file('index.txt'), '');
    await writeFile(authority.#file('ca.cnf'), CONFIG(dir));
    await authority.#selfSign(authority.certFile, authority.#file('ca.key'), [
      '-subj',
      '/CN=own authority',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    ]);
    return authority;
  }

  get certFile(): string {
    return this.#file('ca.pem');
  }

  async pem(): Promise<string> {
    return await readFile(this.certFile, 'utf8');
  }

  /** A certificate for these names, such as `DNS:db.test,IP:127.0.0.1`. With `expired`, it ended years ago. */
  async issue(names: string, expired = false): Promise<Certificate> {
    const { certFile, keyFile } = this.#next();
    const request = `${certFile}.csr`;
    const subject = ['-subj', '/CN=server', '-addext', `subjectAltName=${names}`];
    await runToEnd('openssl', ['req', ...KEY, '-keyout', keyFile, '-out', request, ...subject]);
    const time = expired ? ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'] : ['-days', '2'];
    const issuer = ['-config', this.#file('ca.cnf'), '-cert', this.certFile, '-keyfile', this.#file('ca.key')];
    await runToEnd('openssl', ['ca', '-batch', '-notext', ...issuer, ...time, '-in', request, '-out', certFile]);
    return { certFile, keyFile };
  }

  /** A certificate as servers without one make it for themselves. */
  async selfSigned(names: string): Promise<Certificate> {
    const made = this.#next();
    await this.#selfSign(made.certFile, made.keyFile, ['-subj', '/CN=self', '-addext', `subjectAltName=${names}`]);
    return made;
  }

  async #selfSign(certFile: string, keyFile: string, more: readonly string[]): Promise<void> {
    await runToEnd('openssl', ['req', '-x509', ...KEY, '-keyout', keyFile, '-out', certFile, '-days', '2', ...more]);
  }

  #next(): Certificate {
    const name = `server${++this.#issued}`;
    return { certFile: this.#file(`${name}.pem`), keyFile: this.#file(`${name}.key`) };
  }

  #file(name: string): string {
    return path.join(this.#dir, name);
  }
}
