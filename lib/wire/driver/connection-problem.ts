/** Why the product itself gives up a connection, although neither the server nor the driver has failed. */
export type Problem =
  /** The server does not set the session as required. */
  | 'settings'
  /** The server asks for the password in a form that somebody on the way could read. */
  | 'password'
  /** The server's answer does not belong to the statement, or is larger than expected. */
  | 'answer';

export class ConnectionProblem extends Error {
  /** Not named `code`, because the driver overwrites the code of errors at login. */
  readonly problem: Problem;

  constructor(problem: Problem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectionProblem';
    this.problem = problem;
  }
}
