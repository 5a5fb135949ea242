import { MergeConflicts } from '../merge-conflicts.js';
import { objectNamer } from '../object-namer.js';
import type { Gathering } from './gathering.js';
import type { Item } from './item.js';

/** Objects of one model of which nobody can say which row they are: each pair is told once. */
export class ItemConflicts {
  readonly conflicts = new MergeConflicts(false);
  readonly #gathering: Gathering;
  readonly #model: string;
  readonly #naturalMembers: ReadonlySet<string>;
  readonly #told = new Set<string>();

  constructor(gathering: Gathering, model: string, naturalMembers: ReadonlySet<string>) {
    this.#gathering = gathering;
    this.#model = model;
    this.#naturalMembers = naturalMembers;
  }

  /** Two of one database have the name by which another's should be found. */
  namesakes(one: Item, other: Item): void {
    this.#tell(one, other, 'namesakes', [...this.#naturalMembers]);
  }

  /** What stayed at home is known by its key there: it cannot get another. */
  stayedAtHome(one: Item, other: Item): void {
    this.#tell(one, other, 'stayed-at-home', []);
  }

  #tell(one: Item, other: Item, reason: 'namesakes' | 'stayed-at-home', columns: readonly string[]): void {
    const id = JSON.stringify([one.origin, one.key, other.origin, other.key]);
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const nameOf = objectNamer(this.#gathering.header, this.#model);
    const version = ({ origin }: Item): { archive: string; values: () => Readonly<Record<string, never>> } => ({
      archive: this.#gathering.origins[origin]?.archives[0]?.path ?? '',
      values: () => ({}),
    });
    this.conflicts.add(nameOf(one.key), columns, [version(one), version(other)], { reason, other: nameOf(other.key) });
  }
}
