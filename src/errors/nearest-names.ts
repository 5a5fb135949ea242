/** The names most like the one that is not there, for a message; by edit distance (Levenshtein 1966), case, `_` and `-` aside. */
export function nearestNames(name: string, names: Iterable<string>, most = 3): readonly string[] {
  const plain = (text: string): string => text.toLowerCase().replace(/[_\s-]/gu, '');
  const wanted = plain(name);
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of new Set(names)) {
    const other = plain(candidate);
    const isPart = wanted !== '' && (other.includes(wanted) || wanted.includes(other));
    const edits = distance(wanted, other);
    const score = isPart ? Math.min(edits, 1 + Math.abs(other.length - wanted.length) / 10) : edits;
    if (score <= limit) scored.push({ candidate, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** `Did you mean "a" or "b"?`, or undefined where nothing is near. */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  const nearest = nearestNames(name, names);
  return nearest.length === 0 ? undefined : `Did you mean ${nearest.map((one) => `"${one}"`).join(' or ')}?`;
}

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
