/** Actions that several errors share. */

/** Only the functions that talk to databases run where the deployment's parameter `network` says. */
export const REACH =
  'If it runs in a private network, or lets in only addresses that it knows, deploy with the parameter `network` `private` and with its `subnetIds` and `securityGroupIds` (docs/deploy.md, Network).';

/** For a service of AWS. */
export const WAY_OUT =
  'With the parameter `network` `private`, also check that the subnets have a way to it: an endpoint or NAT (docs/deploy.md, Network).';

export const SECRET =
  "The password of the URI could not be read. Check that the secret or parameter that the URI names exists, that it holds the user's password, and that the deployment's parameters `secrets` and `parameters` let its functions read it. " +
  WAY_OUT +
  ' Every try reads it again.';

export const SETTINGS =
  'Allow the user to set the session variables that the message names (`set sql_mode`, `set names`, …). If a proxy stands in between, connect past it: it may answer for the server or share connections.';

export const LOGIN =
  'The server asks for the password itself, and the connection is not encrypted. Encrypt the connection with ?tls=required (and tls-ca=… if the issuer of the certificate is not a public one), or let the user log in by the plugin mysql_native_password.';

export const ANSWER =
  'Wait: the next try uses a new connection. If the error stays, find out who answers at that address: a server of another kind, a proxy, or somebody in between.';

export const TLS =
  "Add to the URI the certificate of the issuer (tls-ca=…), or the name in the server's certificate (tls-server-name=…). tls=skip-verify encrypts without verifying the server; tls=disabled does not encrypt.";

/** For a diff that the source cannot compute any more. */
export const UNREADABLE =
  'Do nothing: the next try compares the table with its sink table. To avoid this, create a PITR at the source that covers the tables: it keeps the record of their changes.';

export const WITHOUT_KEY =
  'Add a primary key to the table, or take the table out of the task, or set the option withoutKey (--without-key) to `replace`: the task then replaces all rows of the table whenever it has changed. A task without a first copy cannot do that.';

export const DEFINITION =
  "Take the table out of the task for now. Check that the product was tried on the server's version; if it was, report the table.";

export const SCHEMA =
  'If the message shows statements, run them at the sink and resume the task (`mo_cdc task resume --task-name NAME`). If it shows none, or the task has no first copy, restart the task (`mo_cdc task restart --task-name NAME`).';

export const GOES_DOWN =
  "A statement of the task took the sink down. Read the reason in the sink's log. Then upgrade the sink, or change the table that the statement names, or take it out of the task. Then resume the task (`mo_cdc task resume --task-name NAME`): it sends the statement again.";

export const MISSING =
  'Do nothing: with the next change of the source table, the task creates the sink table again and copies all rows. To get them at once, run `mo_cdc task resync --task-name NAME`. Only a task without a first copy must be restarted (`mo_cdc task restart --task-name NAME`).';

/** A sink table may hold what only the sink has, so altering it comes first. */
export const MISMATCH =
  'Alter the sink table as the message says, so that it has the columns and the key of the source table. Or, if it has nothing of its own, drop it, and the task creates it anew. Then create the task again, or resume it if it exists already (`mo_cdc task resume --task-name NAME`). If the sink table is gone and the task has no first copy, restart the task instead (`mo_cdc task restart --task-name NAME`).';

/** For a sink table that belongs to another task. */
export const TAKEN =
  'Another task writes to this sink table. Choose another sink table for this task, or take the table out of the other task, or drop the other task. Then create this one again, or resume it if it exists already (`mo_cdc task resume --task-name NAME`). If the other task no longer exists, delete the rows with its id from `mo_cdc.owner` at the sink first.';

export const VERSION =
  'Use MatrixOne 4.2.0. If you know that another version behaves the same, create or edit the task with the option allowUntestedVersion (--allow-untested-version).';
