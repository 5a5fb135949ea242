import type { PackedBytes } from './packed-bytes.js';

/** Shorter runs are sorted by insertion. */
const fewPlaces = 24;

/** Sorts the places of byte strings, of which none begins as another and all differ, by their bytes: most significant byte first, in place. */
export function sortPacked(places: Uint32Array, bytes: PackedBytes): void {
  const pending: (readonly [from: number, to: number, depth: number])[] = [[0, places.length, 0]];
  const counts = new Uint32Array(257);
  for (let run = pending.pop(); run !== undefined; run = pending.pop()) {
    const [from, to, depth] = run;
    if (to - from <= fewPlaces) {
      insert(places, bytes, from, to, depth);
      continue;
    }
    counts.fill(0);
    for (let at = from; at < to; at += 1) (counts[bytes.byteAt(places[at] as number, depth) + 1] as number)++;
    for (let byte = 0; byte < 256; byte += 1) counts[byte + 1] = (counts[byte + 1] as number) + (counts[byte] as number);
    const next = counts.slice(0, 256);
    // Each place is swapped to where its byte belongs (McIlroy, Bostic, McIlroy 1993).
    for (let byte = 0; byte < 256; byte += 1) {
      const end = counts[byte + 1] as number;
      while ((next[byte] as number) < end) {
        const at = from + (next[byte] as number);
        const place = places[at] as number;
        const own = bytes.byteAt(place, depth);
        const target = from + (next[own] as number)++;
        places[at] = places[target] as number;
        places[target] = place;
      }
    }
    for (let byte = 0; byte < 256; byte += 1) {
      const [start, end] = [from + (counts[byte] as number), from + (counts[byte + 1] as number)];
      if (end - start > 1) pending.push([start, end, depth + 1]);
    }
  }
}

function insert(places: Uint32Array, bytes: PackedBytes, from: number, to: number, depth: number): void {
  for (let at = from + 1; at < to; at += 1) {
    const place = places[at] as number;
    let hole = at;
    while (hole > from && isBefore(bytes, place, places[hole - 1] as number, depth)) {
      places[hole] = places[hole - 1] as number;
      hole -= 1;
    }
    places[hole] = place;
  }
}

/** Of two that differ. */
export function isBefore(bytes: PackedBytes, one: number, other: number, depth: number): boolean {
  const [left, right] = [bytes.chunkOf(one), bytes.chunkOf(other)];
  let [from, to] = [bytes.within(one) + depth, bytes.within(other) + depth];
  while (left[from] === right[to]) {
    from += 1;
    to += 1;
  }
  return (left[from] as number) < (right[to] as number);
}
