/** The same items in an order in which each may stand anywhere with the same likelihood. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) {
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    if (taken !== undefined) order.push(taken);
  }
  return order;
}
