import { driverError } from '../../../wire/failure.ts';
import type { Connection } from '../../../wire/connection.ts';
import { CdcError } from '../../../errors.ts';

/** The number of a syntax error and also of a missing table: only the text differs. */
const PARSE_ERROR = 1064;
const PROBE = 'data branch diff `mo_cdc_no_such_database`.`t` against `mo_cdc_no_such_database`.`t` output count';

/** Does the server know the statement? If so, it reports a missing table. If not, it reports a syntax error. */
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
