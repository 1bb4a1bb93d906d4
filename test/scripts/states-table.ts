import { STATE_TRAITS, TASK_STATES } from '../../lib/task/state-traits.ts';

/** The table of states in docs/reference/api.md. */
export const statesTable = (): string =>
  [
    '| state | when | `mo_cdc` calls it | metric that counts it | told in [events](../operations.md#events) |',
    '| --- | --- | --- | --- | --- |',
    ...TASK_STATES.map((state) => {
      const { when, calledAs, countedIn, isTold } = STATE_TRAITS[state];
      const metric = countedIn === undefined ? '–' : `\`${countedIn}\``;
      return `| \`${state}\` | ${when} | \`${calledAs}\` | ${metric} | ${isTold ? 'yes' : 'no'} |`;
    }),
  ].join('\n');
