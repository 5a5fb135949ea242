import type { ModelPolicy, Policy } from '../policy/policy.js';
import { findModels } from './resolve-model.js';
import type { Schema } from './schema.js';

/** What a policy says of each model, by whatever names it calls them. */
export function modelPolicies(schema: Schema, policy: Policy): ReadonlyMap<string, ModelPolicy> {
  const policies = new Map<string, ModelPolicy>();
  for (const [text, own] of Object.entries(policy.models ?? {})) {
    const [only, ...others] = findModels(schema, text);
    if (only !== undefined && others.length === 0) policies.set(only.model, { ...policies.get(only.model), ...own });
  }
  return policies;
}
