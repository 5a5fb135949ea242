import type { ArchiveObject } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { KeySet } from '../closure/key-set.js';
import { findReferenced } from './find-referenced.js';
import type { PlanOptions } from './plan-options.js';
import type { PlannedModel } from './planned-model.js';
import type { RemappedRows } from './remapped-rows.js';
import type { TargetInner } from './target-inner.js';

interface Counted {
  /** How often something else is written, and how often the old key stays. */
  replaced: number;
  stayed: number;
  /** The keys that stay. */
  readonly keys: KeySet;
}

/** Counts what is mentioned by objects that are written, and has not come: an old key may be a stranger's in the target. */
export class MentionCheck {
  readonly #counted = new Map<TargetInner, Counted>();

  note(planned: PlannedModel, objects: readonly ArchiveObject[], rows: RemappedRows): void {
    if (planned.target.mentions.length === 0) return;
    for (const object of objects)
      for (const { inner, key, stays } of rows.absent(planned, object)) {
        const counted = this.#of(inner);
        if (stays) {
          counted.stayed += 1;
          counted.keys.add(key);
        } else counted.replaced += 1;
      }
  }

  /** Asks the target whose the keys are that stay, one query for each mention, and tells of all. */
  async tell({ session, schema, findings }: PlanOptions): Promise<void> {
    const all = [...this.#counted].sort(([a], [b]) => (a.reference.name < b.reference.name ? -1 : 1));
    for (const [{ reference, parent, absent }, { replaced, stayed, keys }] of all) {
      const instead = absent === undefined || typeof absent === 'string' ? 'NULL' : `"${absent.value}"`;
      const mentions = (count: number): string =>
        `mentions ${parent.model} ${String(count)} ${count === 1 ? 'time' : 'times'} where the object has not come`;
      if (replaced > 0) findings.note('mention-replaced', reference.name, `${mentions(replaced)}: ${instead} is written instead`);
      if (stayed === 0) continue;
      const strangers = await findReferenced(session, schema, reference, [...keys.sorted()], 'target');
      if (strangers.size === 0) findings.note('mention-kept', reference.name, `${mentions(stayed)}: the old key stays`);
      else
        findings.warn(
          'mention-caught',
          reference.name,
          `${mentions(stayed)}: the old key stays, and ${String(strangers.size)} of these keys are rows of the target, which may be others`,
        );
    }
  }

  #of(inner: TargetInner): Counted {
    const known = this.#counted.get(inner);
    if (known !== undefined) return known;
    const { parent, reference } = inner;
    const counted = { replaced: 0, stayed: 0, keys: createKeySet({ columns: parent.columns, key: reference.parentColumns }) };
    this.#counted.set(inner, counted);
    return counted;
  }
}
