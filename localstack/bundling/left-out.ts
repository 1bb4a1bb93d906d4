import type { Plugin } from 'esbuild';

/** What takes the place of a module that our functions never need, and why they do not. */
interface LeftOut {
  readonly filter: RegExp;
  readonly contents: string;
}

/** The messages of forty languages, otherwise half of a small function, are of no use: ours are in English. */
const LOCALES: LeftOut = {
  filter: /zod\/v4\/locales\/index\.js$/,
  contents: "export { default as en } from './en.js';",
};

/**
 * The driver's tables of encodings. Connections are of utf8mb4, which Node knows itself; what else a server may say of a
 * text (`cesu8` for its old utf8) is one of its own, in names and messages.
 */
const ENCODINGS: LeftOut = {
  filter: /iconv-lite\/lib\/index\.js$/,
  contents: `
    const coder = (code) => ({ write: code, end: () => undefined });
    exports.getDecoder = () => coder((bytes) => bytes.toString('utf8'));
    exports.getEncoder = () => coder((text) => Buffer.from(text, 'utf8'));
    exports.encodingExists = () => true;`,
};

/** Certificates of Amazon RDS, for a profile of the driver's that no URI can name: they come by `tls-ca`, or as a file. */
const CERTIFICATES: LeftOut = {
  filter: /mysql2\/lib\/constants\/ssl_profiles\.js$/,
  contents: 'module.exports = {};',
};

/** Names of 4,000 errors of MySQL: errors are told apart by their numbers, and MatrixOne's are not among them. */
const ERROR_NAMES: LeftOut = { filter: /mysql2\/lib\/constants\/errors\.js$/, contents: 'module.exports = {};' };

/** Lambda gives a function its role's credentials in the environment; files, single sign-on and instances have no say. */
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

/** Everywhere, the command line tool included. */
export const englishOnly = leavingOut('english-only', [LOCALES]);
/** What a function on Lambda does without. */
export const functionsOnly = leavingOut('functions-only', [ENCODINGS, CERTIFICATES, ERROR_NAMES, CREDENTIALS]);
