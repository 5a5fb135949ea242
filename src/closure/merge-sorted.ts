/** What two sorted sequences hold, sorted; what both hold, once. */
export function* mergeSorted<T>(one: Iterable<T>, other: Iterable<T>, compare: (a: T, b: T) => number): Generator<T> {
  const [left, right] = [one[Symbol.iterator](), other[Symbol.iterator]()];
  let [a, b] = [left.next(), right.next()];
  while (a.done !== true && b.done !== true) {
    const order = compare(a.value, b.value);
    yield order <= 0 ? a.value : b.value;
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
  for (; a.done !== true; a = left.next()) yield a.value;
  for (; b.done !== true; b = right.next()) yield b.value;
}
