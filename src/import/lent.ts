/**
 * Gives something with a list that it has until the next is asked for: a loop that waits for the next still holds the last one, of which
 * nothing is to stay in memory. Who does not wait for what it does with the list has to copy it.
 */
export function* lent<Item>(item: Item, list: unknown[]): Generator<Item> {
  yield item;
  list.length = 0;
}
