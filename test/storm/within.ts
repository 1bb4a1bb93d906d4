/** What a promise comes to; an error that says what was waited for, where it takes longer than so many milliseconds. */
export async function within<T>(milliseconds: number, what: () => string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`Not within ${milliseconds} ms: ${what()}.`));
  }, milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
