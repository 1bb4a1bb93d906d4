/** The same items in random order; every order is equally likely. `random` returns numbers from 0 to below 1. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) {
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    if (taken !== undefined) order.push(taken);
  }
  return order;
}
