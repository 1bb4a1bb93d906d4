import { driverError } from '../../../wire/failure.ts';
import type { Connection } from '../../../wire/connection.ts';
import { CdcError } from '../../../errors.ts';

/** The number of a syntax error, and of a missing table: the text tells which. */
const PARSE_ERROR = 1064;
const PROBE = 'data branch diff `mo_cdc_no_such_database`.`t` against `mo_cdc_no_such_database`.`t` output count';

/** Does the server know the statement? One that does misses the table; any other fails to parse it. */
export async function hasBranchDiff(connection: Connection): Promise<boolean> {
  try {
    await connection.query(PROBE);
    return true;
  } catch (error) {
    const { errno, message } = driverError(
      error instanceof CdcError && error.cause !== undefined ? error.cause : error,
    );
    if (errno === 0) throw error;
    return !(errno === PARSE_ERROR && /syntax/iu.test(message) && !/does not exist/iu.test(message));
  }
}
