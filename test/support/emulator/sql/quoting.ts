/** The identifier in back quotes. */
export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export const qualified = (database: string, table: string): string => `${identifier(database)}.${identifier(table)}`;

/**
 * Inside the emulator a statement is a latin1 string, one character per byte, because values in it may be any bytes.
 * These functions convert names that leave the emulator, and texts that enter it.
 */
export const fromWire = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
export const toWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
