/** A place of a value, and what is to stand there. */
export interface TakenPlace {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

/** Places of one value, of which no two overlap: a value may mention thousands. */
export class TakenPlaces {
  /** From the first to the last. */
  readonly #places: TakenPlace[] = [];

  /** Takes a place; false where another is in the way. The same may stand there again. */
  take(place: TakenPlace): boolean {
    let at = 0;
    for (let behind = this.#places.length; at < behind;) {
      const middle = (at + behind) >>> 1;
      if ((this.#places[middle]?.end ?? 0) <= place.start) at = middle + 1;
      else behind = middle;
    }
    const next = this.#places[at];
    if (next === undefined || place.end <= next.start) {
      this.#places.splice(at, 0, place);
      return true;
    }
    return next.start === place.start && next.end === place.end && next.token === place.token;
  }
}
