import type { Entry, SortedRun } from './sorted-run.js';

/** What several runs hold, sorted. No key is in two of them. */
export function* mergeRuns(runs: readonly SortedRun[]): Generator<Entry> {
  const heads: Head[] = [];
  for (const run of runs) advance(heads, run.entries());
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    yield head.entry;
    advance(heads, head.rest);
  }
}

interface Head {
  readonly entry: Entry;
  readonly rest: Iterator<Entry>;
}

/** Puts the next entry where it belongs among those of other runs: there are few. */
function advance(heads: Head[], rest: Iterator<Entry>): void {
  const next = rest.next();
  if (next.done === true) return;
  const entry = next.value;
  const after = heads.findIndex((head) => compare(entry, head.entry) < 0);
  heads.splice(after < 0 ? heads.length : after, 0, { entry, rest });
}

function compare(one: Entry, other: Entry): number {
  return one.from.compare(other.from, other.start, other.end, one.start, one.end);
}
