/** What is wrong with a connection that the product itself gives up, though neither the server nor the driver fails. */
export type Problem =
  /** The server does not make the session what it has to be. */
  | 'settings'
  /** The server asks for the password in a form that whoever listens, or is in between, could read. */
  | 'password'
  /** The server answers what no answer to the statement can be, or more of it than is to be expected. */
  | 'answer';

export class ConnectionProblem extends Error {
  /** The driver writes a code of its own onto errors of a login. */
  readonly problem: Problem;

  constructor(problem: Problem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectionProblem';
    this.problem = problem;
  }
}
