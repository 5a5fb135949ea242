import type { Entity } from '../schema/schema.js';
import type { Role } from './follow-rule.js';
import type { Arrivals, KeyView } from './key-set.js';
import type { Membership } from './membership.js';

/** The rows a level has brought from which the next goes on, by model and role. */
export class Frontier {
  readonly #membership: Membership;
  readonly #models = new Map<string, Map<Role, Arrivals>>();

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  get empty(): boolean {
    return this.#models.size === 0;
  }

  /** To be told of each such row when it is taken, and asked for before the first of them. */
  arrivals(entity: Entity, role: Role): Arrivals {
    let roles = this.#models.get(entity.model);
    if (roles === undefined) this.#models.set(entity.model, (roles = new Map<Role, Arrivals>()));
    let arrivals = roles.get(role);
    if (arrivals === undefined) roles.set(role, (arrivals = this.#membership.arrivals(entity, role)));
    return arrivals;
  }

  /** All of them, when no more are to come. */
  entries(): readonly FrontierRows[] {
    return [...this.#models].flatMap(([model, roles]) =>
      [...roles].map(([role, arrivals]) => ({ model, role, keys: arrivals.end() })),
    );
  }
}

export interface FrontierRows {
  readonly model: string;
  readonly role: Role;
  readonly keys: KeyView;
}
