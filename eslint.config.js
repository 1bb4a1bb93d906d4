import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { roomRules, rooms } from './eslint.rooms.js';

export default tseslint.config(
  { ignores: ['dist/', '.serverless/', 'node_modules/', '.scratch/'] },
  {
    files: ['**/*.{ts,tsx}'],
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
    files: ['lib/**/*.{ts,tsx}', 'functions/**/*.ts'],
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
  { files: ['lib/**/*.{ts,tsx}'], plugins: { rooms }, rules: { 'rooms/no-circle': 'error' } },
  ...roomRules,
  {
    // Wiring only: what they do is in lib/.
    files: ['functions/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['mysql2', 'mysql2/*', '@aws-sdk/*', '@smithy/*', 'zod'] }],
    },
  },
);
