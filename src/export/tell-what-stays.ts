import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Findings } from '../findings/finding.js';

const reasons: ReadonlyMap<string, string> = new Map([
  ['exclude', 'excluded'],
  ['boundary', 'beyond the boundary'],
]);

/** Of a model of which nothing was even reached. */
export const excludedReason = 'is excluded: its rows stay at home';

/** Nothing is left out or changed without a word, though somebody asked for it: by model or reference, and how many rows. */
export function tellWhatStays(closure: Closure, excluded: Iterable<string>, findings: Findings): void {
  const counted = new Set([...closure.leftOut.map(({ model }) => model), ...closure.external.keys()]);
  for (const model of excluded) if (!counted.has(model)) findings.note('left-out', model, excludedReason);
  for (const { model, rule, count } of closure.leftOut) {
    const why = reasons.get(rule) ?? `kept by the rule "${rule}"`;
    findings.note('left-out', model, `${rows(count, 'stays', 'stay')} at home: ${why}, or cannot be without such a row`);
  }
  for (const [model, keys] of closure.external)
    findings.note(
      'external',
      model,
      `${rows(keys.size, 'stays', 'stay')} at home, known by key and natural key: the target must have ${keys.size === 1 ? 'it' : 'them'}`,
    );
  for (const [model, keys] of closure.unlinked)
    findings.note('left-out', model, `${rows(keys.size, 'stays', 'stay')} at home to which links lead, and these links too`);
  for (const [{ name, child, parent }, values] of closure.cut) {
    if (countOf(closure, child) === 0) continue;
    const where = values === 'all' ? '' : ` where it leads to a row of ${parent} that stays at home`;
    findings.note('cut', name, `is written as NULL${where}`);
  }
}

function rows(count: number, one: string, several: string): string {
  return count === 1 ? `1 row ${one}` : `${String(count)} rows ${several}`;
}
