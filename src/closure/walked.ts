import type { RowSelection } from '../dialect/row-reader.js';
import type { Entity, Reference } from '../schema/schema.js';
import { createKeySet } from './create-key-set.js';
import type { KeySet, KeyView } from './key-set.js';

/** Keys that are worth sending so that rows do not come twice. */
const worthSending = 200_000;

/**
 * Which references were followed down from which parents, in which role: a child that several references lead to is read by the
 * first, and left out by the others. Only of references that bring all children of a parent, by one integer.
 */
export class Walked {
  /** Undefined where there were more than are worth sending. */
  readonly #keys = new Map<string, KeySet | undefined>();

  note(reference: Reference, role: string, child: Entity, keys: KeyView): void {
    if (!bringsAll(reference, child)) return;
    const id = `${reference.name}\0${role}`;
    const known = this.#keys.get(id);
    if (known === undefined && this.#keys.has(id)) return;
    const set = known ?? createKeySet({ columns: child.columns, key: reference.columns });
    const isWorth = set.size + keys.size <= worthSending;
    if (isWorth) for (const key of keys.sorted()) set.add(key);
    this.#keys.set(id, isWorth ? set : undefined);
  }

  /** What a scan by `reference` may leave out, because `others` have brought it. */
  except(reference: Reference, role: string, others: readonly Reference[]): RowSelection['except'] {
    if (reference.follow.limit !== undefined) return undefined;
    return others.flatMap((other) => {
      const set = other === reference ? undefined : this.#keys.get(`${other.name}\0${role}`);
      const [column] = other.columns;
      if (set === undefined || column === undefined) return [];
      return [{ column, keys: [...set.sorted()] }];
    });
  }
}

/** Whether a reference brings all children of a parent, by one integer. */
export function bringsAll({ direct, when, columns, follow }: Reference, child: Entity): boolean {
  const [name] = columns;
  const isInteger = columns.length === 1 && child.columns.find((column) => column.name === name)?.kind === 'integer';
  return direct && isInteger && when === undefined && follow.where === undefined && follow.limit === undefined;
}
