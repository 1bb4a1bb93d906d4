import { ROOMS } from '../../eslint.rooms.js';

/** The table of rooms in docs/design.md. */
export const roomsTable = (): string =>
  [
    '| folder of `lib/` | purpose | may import |',
    '| --- | --- | --- |',
    ...ROOMS.map(({ room, purpose, may, packages = [] }) => {
      const open = [...may.map((each) => `\`${each}\``), ...packages.map((name) => `package \`${name}\``)];
      return `| \`${room}\` | ${purpose} | ${open.join(', ') || '–'} |`;
    }),
  ].join('\n');
