import type { ReachableModels } from '../closure/reachable-models.js';
import type { Approval } from '../policy/approval.js';
import { findColumns } from '../schema/exclusions.js';
import type { Problems } from '../schema/problems.js';
import type { Schema } from '../schema/schema.js';

/** Secrets that would leave and may not, however they were let out, a line each. */
export function unapprovedSecrets(
  schema: Schema,
  reach: ReachableModels,
  { secrets = [] }: Approval,
  problems: Problems,
): readonly string[] {
  const named = secrets.filter((text) => text !== '*');
  const approved = new Set(
    named.flatMap((text) => findColumns(schema.entities, 'approval.secrets', text, problems)).map((pair) => pair.join('\0')),
  );
  if (secrets.includes('*')) return [];
  return [...new Set([...reach.rows, ...reach.external])].sort().flatMap((model) => {
    const { columns = [], key = [], naturalKey = [] } = schema.entities.get(model) ?? {};
    const leaves = (name: string): boolean => reach.rows.has(model) || key.includes(name) || naturalKey.includes(name);
    return columns
      .filter(({ name, secret, withheld }) => secret === true && withheld === undefined && leaves(name))
      .filter(({ name }) => !approved.has(`${model}\0${name}`))
      .map(({ member }) => `secrets: ${model}.${member} is a secret that may not leave`);
  });
}
