/** A small deterministic source of chance (mulberry32): the same seed gives the same library on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer between two, both included. */
  between(least: number, greatest: number): number {
    return least + Math.floor(this.next() * (greatest - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** So many characters of an alphabet. */
  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => this.pick(Array.from(alphabet))).join('');
  }

  uuid(): string {
    const hex = this.text('0123456789abcdef', 30);
    const variant = this.pick(['8', '9', 'a', 'b']);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }

  /** A day between two years, both included, as `YYYY-MM-DD`. */
  day(first: number, last: number): string {
    return isoDay(this.between(first, last), this.between(1, 12), this.between(1, 28));
  }

  /** A moment with microseconds, in UTC. */
  moment(first: number, last: number): string {
    const two = (number: number): string => String(number).padStart(2, '0');
    const time = [this.between(0, 23), this.between(0, 59), this.between(0, 59)].map(two).join(':');
    return `${this.day(first, last)} ${time}.${String(this.between(0, 999_999)).padStart(6, '0')}+00`;
  }
}

function isoDay(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
