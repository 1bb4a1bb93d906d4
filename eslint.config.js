import tseslint from 'typescript-eslint';

const DRIVER = { group: ['mysql2', 'mysql2/*'], message: 'Only lib/mysql and lib/matrixone talk to databases.' };
const AWS = { group: ['@aws-sdk/*', '@smithy/*'], message: 'Only lib/dynamodb and lib/aws import the AWS SDK.' };
const MIDDY = { group: ['@middy/*'], message: 'Only lib/http and functions import middy.' };
const OUTWARD = {
  group: [
    '**/matrixone/*',
    '**/mysql/*',
    '**/dynamodb/*',
    '**/aws/*',
    '**/http/*',
    '**/metrics/*',
    '**/cli/*',
    '**/functions/*',
    'zod',
  ],
  message: 'The engine imports interfaces only: nothing outside lib/task and lib/replication.',
};

/** One ring: the files below `files` may import everything except `patterns`. */
const ring = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });

export default tseslint.config(
  { ignores: ['dist/', '.serverless/', 'node_modules/', '.scratch/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['lib/**/*.ts', 'functions/**/*.ts'], rules: { 'no-console': 'error' } },
  ring(['lib/task/**/*.ts', 'lib/replication/**/*.ts'], [DRIVER, AWS, MIDDY, OUTWARD]),
  ring(['lib/mysql/**/*.ts', 'lib/matrixone/**/*.ts'], [AWS, MIDDY]),
  ring(['lib/dynamodb/**/*.ts', 'lib/aws/**/*.ts'], [DRIVER, MIDDY]),
  ring(['lib/http/**/*.ts', 'functions/**/*.ts'], [DRIVER, AWS]),
  ring(['lib/cli/**/*.ts', 'lib/metrics/**/*.ts', 'lib/*.ts'], [DRIVER, AWS, MIDDY]),
);
