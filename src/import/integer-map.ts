/** Safe integers, each with another. */
export interface IntegerMap {
  readonly size: number;
  /** NaN where there is none. */
  get(key: number): number;
  /** False where the pair is not taken: another kind of map would hold it better. */
  set(key: number, to: number): boolean;
  entries(): Iterable<readonly [key: number, to: number]>;
}
