import { fileTemplate } from '../policy/file-template.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { Problems } from './problems.js';
import { resolveColumn } from './resolve-column.js';
import { findModels, resolveModel } from './resolve-model.js';
import type { Entity, Schema } from './schema.js';

/** Gathers names in the policy that mean nothing here; those that building the schema needs are gathered where they are used. */
export function checkPolicyNames(schema: Schema, policy: ParsedPolicy, problems: Problems): void {
  const model = (where: string, text: string): Entity | undefined => problems.attempt(where, () => resolveModel(schema, text));
  for (const text of Object.keys(policy.boundary ?? {})) model('boundary', text);
  for (const text of policy.roots ?? []) model('roots', text);
  for (const text of Object.values(policy.highlight ?? {}).flat()) model('highlight', text);
  for (const [text, { fill, files }] of Object.entries(policy.models ?? {})) {
    // A model that is not there was told when the tables got their names.
    const [entity] = findModels(schema, text);
    if (entity === undefined) continue;
    for (const name of Object.keys(fill ?? {})) problems.attempt(`models.${text}.fill`, () => resolveColumn(entity, name));
    for (const name of (files ?? []).flatMap(({ path }) => fileTemplate(path).columns))
      problems.attempt(`models.${text}.files`, () => resolveColumn(entity, name));
  }
}
