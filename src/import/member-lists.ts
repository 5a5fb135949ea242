/** With more columns than this a set of them is no longer told by the bits of a small number. */
const bits = 30;

/** Lists of members, each made once: the same few columns differ in many rows. */
export class MemberLists {
  readonly #members: readonly string[];
  readonly #lists = new Map<number | string, readonly string[]>();

  /** @param members by place */
  constructor(members: readonly string[]) {
    this.#members = members;
  }

  /** The members at some places, which ascend. */
  at(places: readonly number[]): readonly string[] {
    const id = this.#members.length > bits ? places.join() : places.reduce((sum, place) => sum | (1 << place), 0);
    const known = this.#lists.get(id);
    if (known !== undefined) return known;
    const list = Object.freeze(places.map((place) => this.#members[place] ?? ''));
    this.#lists.set(id, list);
    return list;
  }
}
