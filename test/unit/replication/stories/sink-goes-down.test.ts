import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { taskState } from '../../../../lib/record/task-state.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];

/** A sink whose connection breaks at each commit, after what `lostAfter` says, `times` times. */
function losing(
  lostAfter: (time: number) => string,
  isDown: boolean,
  times = Infinity,
): { gate: Gate; lost: () => number } {
  let lost = 0;
  let down = false;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (when !== 'before') return;
    if (call === 'sink.takeOver' && down) {
      down = false;
      throw new CdcError('SINK_UNREACHABLE', 'connect ECONNREFUSED');
    }
    if (call !== 'sink.batch.commit' || lost >= times) return;
    lost += 1;
    down = isDown;
    const error = new CdcError('SINK_UNREACHABLE', 'The connection was lost.');
    error.lostAfter = lostAfter(lost);
    throw error;
  };
  return { gate, lost: () => lost };
}

async function world(): Promise<MemoryWorld> {
  const made = new MemoryWorld();
  made.source.put(A, '1', 'x');
  await made.createTask();
  await made.run();
  made.source.put(A, '2', 'y');
  return made;
}

it('a sink that goes down twice in a row after the same statement is not taken down a third time', async () => {
  const made = await world();
  const { gate, lost } = losing(() => 'insert into `copy`.`a`', true);
  expect((await made.run(gate)).outcome).toBe('failed');
  expect(lost()).toBe(2);
  const task = await made.task();
  expect(taskState(task, made.clock.now())).toBe('failed');
  expect(task.error).toMatchObject({
    code: 'SINK_GOES_DOWN',
    message: expect.stringMatching(/insert into `copy`/u) as unknown,
  });
  await made.store.setDesired('t', 'running');
  await made.run();
  expect(made.sinkRows(A)).toEqual(made.sourceRows(A));
});

it.each([
  ['after different statements', losing((time) => `insert into \`copy\`.\`t${time}\``, true, 4)],
  ['without having been down', losing(() => 'insert into `copy`.`a`', false, 4)],
])('one whose connections break %s is tried again', async (_, { gate, lost }) => {
  const made = await world();
  expect((await made.run(gate)).outcome).toBe('stopped');
  expect(lost()).toBe(4);
  expect(made.sinkRows(A)).toEqual(made.sourceRows(A));
});
