import { glob, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { STATE_TRAITS, TASK_STATES, type TaskState } from '../../../lib/task/state-traits.ts';

type Trait = keyof (typeof STATE_TRAITS)[TaskState];

const having = (trait: Trait): TaskState[] => TASK_STATES.filter((state) => STATE_TRAITS[state][trait] === true);

it('names every state once, in the order in which the API lists them', () => {
  expect(TASK_STATES).toEqual([
    ...['running', 'retrying', 'stalled', 'pausing', 'paused', 'failed', 'historyLost', 'finished', 'dropping'],
  ]);
});

it.each<[Trait, TaskState[]]>([
  ['hasWork', ['running', 'retrying', 'stalled', 'dropping']],
  ['goesOn', ['running', 'retrying', 'stalled']],
  ['advances', ['running', 'retrying']],
  ['atRest', ['paused', 'finished']],
  ['failed', ['failed', 'historyLost']],
  ['needsHelp', ['stalled', 'failed', 'historyLost']],
])('%s is true of %j', (trait, states) => {
  expect(having(trait)).toEqual(states);
});

it.each<[Trait, Trait]>([
  ['advances', 'goesOn'],
  ['goesOn', 'hasWork'],
  ['failed', 'needsHelp'],
])('what %s also %s', (one, other) => {
  expect(having(other)).toEqual(expect.arrayContaining(having(one)));
});

it('is called by the name that mo_cdc has for it', () => {
  const renamed = TASK_STATES.filter((state) => STATE_TRAITS[state].calledAs !== state);
  expect(renamed.map((state) => [state, STATE_TRAITS[state].calledAs])).toEqual([['historyLost', 'failed']]);
});

it('is counted in one gauge at most', () => {
  expect(TASK_STATES.map((state) => STATE_TRAITS[state].countedIn)).toEqual([
    ...['TasksRunning', 'TasksRetrying', 'TasksStalled', 'TasksPaused', 'TasksPaused', 'TasksFailed', 'TasksFailed'],
    ...[undefined, undefined],
  ]);
});

const WORD = `'(?:${TASK_STATES.join('|')})'`;
/** Words that nothing else has: what a user asks for and checks have some of the others. */
const OWN = "'(?:retrying|stalled|pausing|failed|historyLost)'";

/** Conditions on several states, and lists of them. */
const LISTS = new RegExp(
  [
    String.raw`\bstate [!=]== ${WORD} (?:\|\||&&)[^;]*\bstate [!=]== ${WORD}`,
    String.raw`${WORD},\s*${OWN}|${OWN},\s*${WORD}`,
  ].join('|'),
  'gu',
);

it('no other file of the product keeps a list of states', async () => {
  const lists: string[] = [];
  for await (const file of glob('{lib,functions}/**/*.ts', { cwd: new URL('../../..', import.meta.url) })) {
    const code = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8');
    for (const [found] of code.matchAll(LISTS)) lists.push(`${file}: ${found}`);
  }
  expect(lists).toEqual([]);
});
