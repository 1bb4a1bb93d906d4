/** As Promise.all, but waits for the other when one fails: nobody may still be starting while everything is stopped. */
export async function settleBoth<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
