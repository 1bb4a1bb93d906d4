/**
 * The statements that a worker sends to a sink, by their effect. A statement that matches none has no fault point, and
 * the test that plays the chapters then fails.
 */
const STATEMENTS: readonly (readonly [name: string, form: RegExp])[] = [
  ['begin', /^begin$/u],
  ['commit', /^commit$/u],
  ['rollback', /^rollback$/u],
  ['settings', /^(set |select @@|select version\(\)|show variables|use )/u],
  ['make the books', /^create (database|table) if not exists `mo_cdc`/u],
  ['read the fence', /^select .* from `mo_cdc`\.`fence`(?!.* for update)/u],
  ['lock the fence', /^select .* from `mo_cdc`\.`fence`.* for update/u],
  ['make the fence', /^insert into `mo_cdc`\.`fence`/u],
  ['move the fence', /^update `mo_cdc`\.`fence`/u],
  ['remove the fence', /^delete from `mo_cdc`\.`fence`/u],
  ['read the plan', /^select .* from `mo_cdc`\.`chunk`/u],
  ['make the plan', /^insert into `mo_cdc`\.`chunk`/u],
  ['change the plan', /^update `mo_cdc`\.`chunk`/u],
  ['forget the plan', /^delete from `mo_cdc`\.`chunk`/u],
  ['read places', /^select .* from `mo_cdc`\.`loader`/u],
  ['make places', /^insert (ignore )?into `mo_cdc`\.`loader`/u],
  ['hold a place', /^update `mo_cdc`\.`loader`/u],
  ['forget places', /^delete from `mo_cdc`\.`loader`/u],
  ['read owners', /^select .* from `mo_cdc`\.`owner`/u],
  ['own tables', /^insert into `mo_cdc`\.`owner`/u],
  ['free tables', /^delete from `mo_cdc`\.`owner`/u],
  ['make a stage', /^create (temporary )?table (if not exists )?`mo_cdc`\.`stage_\d+`/u],
  ['drop a stage', /^drop (temporary )?table (if exists )?`mo_cdc`\.`stage_\d+`/u],
  ['load a stage', /^load data .*into table `mo_cdc`\.`stage_\d+`/u],
  ['read the catalogue', /^(show |select .* from (information_schema|mo_catalog)\.)/u],
  ['create database', /^create database/u],
  ['create table', /^create table/u],
  ['alter table', /^(alter table|create (unique )?index|drop index)/u],
  ['drop table', /^drop table/u],
  ['load rows', /^load data/u],
  ['insert from a stage', /^insert into .* select .*`mo_cdc`\.`stage_\d+`/u],
  ['insert rows', /^(insert|replace) into/u],
  ['delete by a stage', /^delete .*`mo_cdc`\.`stage_\d+`/u],
  ['delete rows', /^(delete|truncate)/u],
  ['empty a column', /^update \S+ set \S+ = null where/u],
  ['compare rows', /^select/u],
];

export function statementName(sql: string): string | undefined {
  const line = sql.trim().replaceAll(/\s+/gu, ' ').toLowerCase();
  return STATEMENTS.find(([, form]) => form.test(line))?.[0];
}
