import type { Findings } from '../findings/finding.js';
import type { Entity, Reference } from '../schema/schema.js';
import type { ClosureStep, DescribedSet } from './closure.js';
import type { Role } from './follow-rule.js';
import type { Membership } from './membership.js';
import { Steps } from './steps.js';
import type { WalkOptions } from './walk-options.js';

/** Tables that are read in no time are none of anybody's concern. */
const largeTable = 100_000;

/** A table of which at least this share is wanted is rightly read as a whole. */
const share = 10;

interface Walked {
  readonly membership: Membership;
  readonly described: ReadonlyMap<string, DescribedSet>;
  readonly steps: readonly ClosureStep[];
}

/** References that the walk went down by, through a large table that has no index for it, to a few of its rows. */
export function tellMissingIndexes(options: WalkOptions, walked: Walked, findings: Findings): void {
  const followed = new Map<Reference, number>();
  const steps = new Steps(options, () => false);
  for (const [model, { owned, expanded, taken }] of walked.membership.byModel) {
    for (const [role, keys] of [
      ['owned', owned.size],
      ['expanded', expanded.size - owned.size],
      ['shared', taken.size - expanded.size],
    ] as const satisfies readonly (readonly [Role, number])[]) {
      if (keys === 0) continue;
      for (const { reference } of steps.down(model, role)) note(followed, reference, keys);
      for (const { from } of steps.across(model, role)) note(followed, from, keys);
    }
  }
  for (const [reference, keys] of followed) {
    const child = options.edges.entity(reference.child);
    const brought = walked.steps.reduce((sum, { via, count }) => (via === reference.name ? sum + count : sum), 0);
    if (child.estimatedRows < largeTable || Math.max(keys, brought) * share > child.estimatedRows) continue;
    const rows = child.estimatedRows.toLocaleString('en');
    findings.note(
      'missing-index',
      reference.name,
      `no index begins with ${reference.columns.join(' or ')}: the whole table was read, about ${rows} rows; ${createIndex(child, reference)}`,
    );
  }
}

function note(followed: Map<Reference, number>, reference: Reference, keys: number): void {
  if (!reference.indexed) followed.set(reference, (followed.get(reference) ?? 0) + keys);
}

/** What its owner can run; nothing in it is a value. */
function createIndex({ table }: Entity, { columns }: Reference): string {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  return `CREATE INDEX CONCURRENTLY ON ${quoted(table.schema)}.${quoted(table.name)} (${columns.map(quoted).join(', ')})`;
}
