import type { Reference } from '../schema/schema.js';
import type { LinkSide } from './edges.js';
import type { Role } from './follow-rule.js';
import type { WalkOptions } from './walk-options.js';

export interface DownStep {
  readonly reference: Reference;
  readonly role: Role;
}

/** Where rows of a model lead in a role: what the rule, the roots, the border and the policy leave of the schema's edges. */
export class Steps {
  readonly #options: WalkOptions;
  /** Models whose rows are not walked to: they are described by what they reference. */
  readonly #described: (model: string) => boolean;
  readonly #down = new Map<string, readonly DownStep[]>();
  readonly #across = new Map<string, readonly LinkSide[]>();

  constructor(options: WalkOptions, described: (model: string) => boolean) {
    this.#options = options;
    this.#described = described;
  }

  down(model: string, role: Role): readonly DownStep[] {
    return cached(this.#down, `${model}\0${role}`, () => {
      const { edges, border } = this.#options;
      return edges.down(model).flatMap((reference): readonly DownStep[] => {
        if (reference.follow.down === 'skip' || border.excludes(reference.child)) return [];
        const childRole = this.#described(reference.child) ? undefined : this.#childRole(reference, role);
        return childRole === undefined ? [] : [{ reference, role: childRole }];
      });
    });
  }

  across(model: string, role: Role): readonly LinkSide[] {
    return cached(this.#across, `${model}\0${role}`, () => {
      const { edges, rule, roots, border } = this.#options;
      return edges.sides(model).filter((side) => {
        if (this.#described(side.link.through)) return false;
        if (side.from.follow.down === 'skip' || side.to.follow.up === 'cut' || border.excludes(side.to.parent)) return false;
        return rule.across(role, roots.has(side.to.parent)) !== undefined;
      });
    });
  }

  /** Whether rows of this model and role lead further down or across. */
  continue(model: string, role: Role): boolean {
    return this.down(model, role).length > 0 || this.across(model, role).length > 0;
  }

  #childRole(reference: Reference, role: Role): Role | undefined {
    const { rule, roots, border } = this.#options;
    const toRoot = roots.has(reference.child);
    const part = rule.bringsParts && reference.part && !toRoot && border.rule(reference.child) === undefined;
    return rule.down(role, toRoot) ?? (part ? 'shared' : undefined);
  }
}

function cached<T>(map: Map<string, T>, id: string, make: () => T): T {
  let value = map.get(id);
  if (value === undefined) map.set(id, (value = make()));
  return value;
}
