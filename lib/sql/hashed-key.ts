import type { Column } from '../data/change.ts';
import { baseType } from './column-type.ts';
import { quoteName } from './identifier.ts';

/** 60 bits of a hash as a number, so that a sum fits a DECIMAL. `first`: the first of its hexadecimal digits, from 1. */
export const digestNumber = (hash: string, first: number): string =>
  `cast(conv(substring(${hash}, ${first}, 15), 16, 10) as unsigned)`;

/** Neighbouring numbers share a bucket: what is written together is often numbered together, and then few buckets differ. */
const NEIGHBOURS = 128;
const INTEGER = /^(?:tiny|small|medium|big)?int$/u;

/** What tells the bucket of a row: the values of the key, as `written`; the last of them is divided if it is an integer. */
export const dividedKey = (key: readonly Column[], written: (column: Column) => string): string[] =>
  key.map((column, i) =>
    i === key.length - 1 && INTEGER.test(baseType(column.type))
      ? `${quoteName(column.name)} div ${NEIGHBOURS}`
      : written(column),
  );
