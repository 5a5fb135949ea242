/** One piece, for what takes any number of them. */
export async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}
