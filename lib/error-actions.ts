/** Actions that several errors share; see error-codes.ts. */

export const SECRET =
  "Check that what the URI names exists, that the deployment lets its functions read it (parameters `secrets` and `parameters`), and that it holds the user's password. It is read again at every try.";

export const SETTINGS =
  'Let the user set the session variables that the message names (`set sql_mode`, `set names`, …), without a proxy in between that answers for the server or shares its connections.';

export const LOGIN =
  'Encrypt the connection (?tls=required, with ?tls-ca=… where the issuer is not a public one), or give the user a password of the plugin mysql_native_password.';

export const ANSWER =
  'Nothing at first, it is tried again with another connection; should it stay, find out what answers at that address: a server of another kind, a proxy, or somebody in between.';

export const TLS =
  'Give the URI the certificate of its issuer (?tls-ca=…) or the name it is made out to (?tls-server-name=…); ?tls=skip-verify encrypts without verifying, ?tls=disabled does not encrypt.';

/** For a diff that the source cannot compute any more. */
export const UNREADABLE =
  'Nothing: the table is compared with its sink table in the next try. A PITR at the source that covers the tables keeps what tells their changes.';

export const WITHOUT_KEY =
  'Add a primary key to the table, or take it out of the task, or have it replaced as a whole whenever it changes (withoutKey: replace, --without-key replace), which a task without a first copy cannot.';

export const DEFINITION =
  'Check that the server is of a version that the product was tried on; if it is, report the table. Until then take it out of the task.';

export const SCHEMA =
  'Run the statements that the message shows at the sink, then resume the task; where it shows none, or the task has no first copy, restart it.';

export const GOES_DOWN =
  "Read in the sink's log why it went down, and upgrade it, or change or take out the table that the statement names. Resume the task then: it sends the statement again.";

export const MISSING =
  'Nothing: the sink table is made anew and gets all of its rows with the next change of its source table, or at once by a resync. Only a task without a first copy has to be restarted for that.';

/** For a sink table that belongs to another task. */
export const TAKEN =
  'Give this task another sink table, or take the table out of the other task, or drop that one, then resume. Where the other task is gone for good, delete the rows of its id from `mo_cdc.owner` at the sink.';

export const VERSION =
  'Use MatrixOne 4.2.0. Where you know what another version does, create or edit the task with allowUntestedVersion (--allow-untested-version).';
