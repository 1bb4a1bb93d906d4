import { isPosition } from '../../data/position.ts';
import { CdcError } from '../../errors.ts';
import type { FencePoint } from '../../replication/endpoints/sink.ts';

/** Stands for the name of a pin that a PITR holds: it has none. */
const NO_NAME = '-';

/**
 * The text that the fence keeps: position, name of the pin without `prefix`, and number of saves. It has less than 64
 * characters, the room that the first version gave it. Workers of that version wrote the position alone, and read none.
 */
export function encodeFencePoint({ checkpoint: { ts, name }, saves }: FencePoint, prefix: string): string {
  if (name !== '' && !name.startsWith(prefix)) {
    throw new CdcError('INTERNAL', `A window ends at the snapshot ${name}, which the task did not make.`);
  }
  return `${ts} ${name === '' ? NO_NAME : name.slice(prefix.length)} ${saves}`;
}

/** Undefined if a worker of the first version wrote the text, or nobody yet. */
export function decodeFencePoint(text: string, prefix: string): FencePoint | undefined {
  const [ts = '', name, saves] = text.split(' ');
  if (name === undefined || !isPosition(ts)) return undefined;
  return { checkpoint: { ts, name: name === NO_NAME ? '' : `${prefix}${name}` }, saves: Number(saves) };
}
