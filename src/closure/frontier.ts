import type { Role } from './follow-rule.js';
import type { Key } from './key.js';

/** The rows a level has brought from which the next goes on, by model and role. */
export class Frontier {
  readonly #models = new Map<string, Map<Role, Key[]>>();

  get empty(): boolean {
    return this.#models.size === 0;
  }

  /** The list to which such rows are added. */
  keysOf(model: string, role: Role): Key[] {
    let roles = this.#models.get(model);
    if (roles === undefined) this.#models.set(model, (roles = new Map<Role, Key[]>()));
    let keys = roles.get(role);
    if (keys === undefined) roles.set(role, (keys = []));
    return keys;
  }

  *entries(): Generator<readonly [model: string, role: Role, keys: readonly Key[]]> {
    for (const [model, roles] of this.#models) for (const [role, keys] of roles) yield [model, role, keys];
  }
}
