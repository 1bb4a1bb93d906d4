import { expect, it } from 'vitest';
import { taskNameProblem } from '../../../lib/task/task-name.ts';

it.each([
  'activity_sync',
  'a',
  '用户活动同步',
  `it's "a" \`name\``,
  'select',
  'two words',
  '🚀'.repeat(64),
  '100%',
  '50% of it',
  '...',
])('takes %j', (name) => {
  expect(taskNameProblem(name)).toBeUndefined();
});

it.each([
  '',
  'a'.repeat(65),
  'a/b',
  'a?b',
  'a#b',
  'a%20b',
  'a\nb',
  '\u0000',
  'a\u2028b',
  '.',
  '..',
  ' a',
  'a ',
  '\ud83d',
])('refuses %j', (name) => {
  expect(taskNameProblem(name)).toBeTypeOf('string');
});
