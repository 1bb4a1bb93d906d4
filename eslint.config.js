import regexp from 'eslint-plugin-regexp';
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
  {
    files: ['lib/**/*.ts', 'functions/**/*.ts'],
    plugins: { regexp },
    rules: {
      'no-console': 'error',
      // What users and servers say may be long: no expression takes the square of its length.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      // Expressions of users are RE2's (lib/task/exclude.ts).
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='RegExp']", message: 'Only literals, which the rules above can judge.' },
      ],
    },
  },
  ring(['lib/task/**/*.ts', 'lib/replication/**/*.ts'], [DRIVER, AWS, MIDDY, OUTWARD]),
  ring(['lib/mysql/**/*.ts', 'lib/matrixone/**/*.ts'], [AWS, MIDDY]),
  ring(['lib/dynamodb/**/*.ts', 'lib/aws/**/*.ts'], [DRIVER, MIDDY]),
  ring(['lib/http/**/*.ts', 'functions/**/*.ts'], [DRIVER, AWS]),
  ring(['lib/cli/**/*.ts', 'lib/metrics/**/*.ts', 'lib/*.ts'], [DRIVER, AWS, MIDDY]),
);
