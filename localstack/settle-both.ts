/**
 * As Promise.all, but if one fails it waits for the other: nothing may still be starting while everything is stopped.
 */
export async function settleBoth<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
