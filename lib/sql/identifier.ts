import type { TableName } from '../task/task.ts';

/** A name in backticks. It may contain any character. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ');

export const quoteTable = (name: TableName): string => `${quoteName(name.database)}.${quoteName(name.table)}`;
