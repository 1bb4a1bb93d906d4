/** Stops a deployment before anything is deployed. The message says what is wrong, and how to mend it. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
