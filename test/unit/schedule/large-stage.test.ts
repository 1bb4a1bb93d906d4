import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { UNITS_OF_A_TICK } from '../../scripts/cost/figures.ts';
import { memoryFor } from '../../../lib/deployment/memory.ts';

const SCRIPT = fileURLToPath(new URL('../../support/memory/large-stage.ts', import.meta.url));
const TASKS = 10_000;
const TABLES = 1_000;

/** As the functions `tick` and `list-tasks` have it. MB. */
const { memory, nodeOptions } = memoryFor(1_024);

it(`a tick and a list of ${TASKS} tasks of ${TABLES} tables read ${UNITS_OF_A_TICK} units a task, in ${memory.small} MB`, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...nodeOptions.small.split(' '),
    SCRIPT,
    String(TASKS),
    String(TABLES),
  ]);
  const { peak, ...found } = JSON.parse(stdout) as Record<string, unknown>;
  expect(found).toEqual({
    ...{ tasks: TASKS, started: TASKS, failed: 0 },
    ...{ found: 0, listed: 50, tablesListed: 50 * TABLES },
    whole: 0,
    // A page is complete once the list has seen that there is another task.
    units: { tick: UNITS_OF_A_TICK * TASKS, search: UNITS_OF_A_TICK * TASKS, page: UNITS_OF_A_TICK * 100 },
  });
  expect(peak).toBeLessThan(memory.small);
}, 120_000);
