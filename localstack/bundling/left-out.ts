import type { Plugin } from 'esbuild';

/** A module that our functions never need, and its replacement. Each one's comment says why it is not needed. */
interface LeftOut {
  readonly filter: RegExp;
  readonly contents: string;
}

/** Messages in forty languages are half of a small function, and ours are in English only. */
const LOCALES: LeftOut = {
  filter: /zod\/v4\/locales\/index\.js$/,
  contents: "export { default as en } from './en.js';",
};

/**
 * The driver's tables of encodings. Connections use utf8mb4, which Node knows itself. A server names another one
 * (`cesu8` for its old utf8) only for its own names and messages.
 */
const ENCODINGS: LeftOut = {
  filter: /iconv-lite\/lib\/index\.js$/,
  contents: `
    const coder = (code) => ({ write: code, end: () => undefined });
    exports.getDecoder = () => coder((bytes) => bytes.toString('utf8'));
    exports.getEncoder = () => coder((text) => Buffer.from(text, 'utf8'));
    exports.encodingExists = () => true;`,
};

/**
 * Certificates of Amazon RDS, for a profile of the driver that no URI can name. Users give them by `tls-ca`, or as a
 * file.
 */
const CERTIFICATES: LeftOut = {
  filter: /mysql2\/lib\/constants\/ssl_profiles\.js$/,
  contents: 'module.exports = {};',
};

/** Names of 4,000 errors of MySQL. We classify errors by number, and MatrixOne's are not in the list. */
const ERROR_NAMES: LeftOut = { filter: /mysql2\/lib\/constants\/errors\.js$/, contents: 'module.exports = {};' };

/** Lambda passes the role's credentials in the environment, so files, single sign-on and instances are not asked. */
const CREDENTIALS: LeftOut = {
  filter: /@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
  contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
};

const leavingOut = (name: string, modules: readonly LeftOut[]): Plugin => ({
  name,
  setup(bundling) {
    for (const { filter, contents } of modules) bundling.onLoad({ filter }, () => ({ contents }));
  },
});

/** For every bundle, the command line tool included. */
export const englishOnly = leavingOut('english-only', [LOCALES]);
/** For functions on Lambda. */
export const functionsOnly = leavingOut('functions-only', [ENCODINGS, CERTIFICATES, ERROR_NAMES, CREDENTIALS]);
