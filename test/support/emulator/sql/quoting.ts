/** An identifier, back-quoted. */
export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export const qualified = (database: string, table: string): string => `${identifier(database)}.${identifier(table)}`;

/**
 * Statements are handled as latin1 strings, one character per byte, since values in them may be any bytes. Names that
 * leave this world, and texts that enter it, pass through here.
 */
export const fromWire = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
export const toWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
