import type { RowPolicy, RowRule } from '../policy/policy.js';
import { mentions } from './mentions.js';
import type { Problems } from './problems.js';
import { resolveColumn } from './resolve-column.js';
import { resolveModel } from './resolve-model.js';
import type { Column, Entity, Schema } from './schema.js';

/** The schema with the values that leave instead of others, and which rows do. */
export interface RowPolicies {
  readonly schema: Schema;
  /** By model, what its rows must fulfil. */
  readonly rules: ReadonlyMap<string, readonly RowRule[]>;
  /** Models all of whose rows leave. */
  readonly whole: ReadonlySet<string>;
}

/** Puts what is said of models' rows, each by whatever name, to the models that are meant: of one model first the one, then the other. */
export function applyRowPolicy(
  schema: Schema,
  said: readonly Readonly<Record<string, RowPolicy>>[],
  excluded: ReadonlyMap<string, unknown>,
  problems: Problems,
): RowPolicies {
  const rules = new Map<string, readonly RowRule[]>();
  const whole = new Set<string>();
  const replaced = new Map<string, Map<string, string>>();
  for (const [text, policy] of said.flatMap((one) => Object.entries(one))) {
    const { rows = [], values = {} } = policy;
    if (rows.length === 0 && policy.whole !== true && Object.keys(values).length === 0) continue;
    const entity = problems.attempt(`models.${text}`, () => resolveModel(schema, text));
    if (entity === undefined) continue;
    const { model } = entity;
    if (rows.length > 0) rules.set(model, named(text, [...(rules.get(model) ?? []), ...rows], problems));
    if (policy.whole === true) whole.add(model);
    if (policy.whole === true && excluded.has(model))
      problems.add('POLICY_INVALID', `models.${text}: a model that is excluded cannot leave whole`);
    for (const [name, expression] of Object.entries(values)) {
      const column = problems.attempt(`models.${text}.values`, () => resolveColumn(entity, name));
      if (column === undefined) continue;
      const reason = unreplaceable(schema, entity, column, values);
      if (reason !== undefined) problems.add('POLICY_INVALID', `models.${text}.values: ${model}.${column.member} ${reason}`);
      let columns = replaced.get(model);
      if (columns === undefined) replaced.set(model, (columns = new Map<string, string>()));
      columns.set(column.name, expression);
    }
  }
  return { schema: replaced.size === 0 ? schema : withReplaced(schema, replaced), rules, whole };
}

function named(text: string, rules: readonly RowRule[], problems: Problems): readonly RowRule[] {
  for (const [at, { name }] of rules.entries()) {
    if (rules.findIndex((one) => one.name === name) !== at)
      problems.add('POLICY_INVALID', `models.${text}.rows: two rules are called "${name}", and could not be told apart`);
  }
  return rules;
}

/** Why another value cannot leave in the column: rows would be found no more, or what is replaced could still be read. */
function unreplaceable(
  { references }: Schema,
  { model, key, columns }: Entity,
  { name }: Column,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (key.includes(name)) return 'is part of the key, by which rows are found';
  const isOfReference = references.some(
    ({ child, parent, columns: own, parentColumns, when }) =>
      (child === model && (own.includes(name) || when?.column === name)) || (parent === model && parentColumns.includes(name)),
  );
  if (isOfReference) return 'says where a reference leads';
  const told = columns.find(
    ({ generatedAs, withheld, ...other }) =>
      generatedAs !== undefined && withheld === undefined && values[other.name] === undefined && mentions(generatedAs, name),
  );
  return told === undefined
    ? undefined
    : `can be read in ${told.member}, which is computed from it: exclude that, or give it a value, too`;
}

function withReplaced(schema: Schema, replaced: ReadonlyMap<string, ReadonlyMap<string, string>>): Schema {
  const entities = new Map<string, Entity>();
  for (const [model, entity] of schema.entities) {
    const values = replaced.get(model);
    const columns = entity.columns.map((column) => Object.freeze({ ...column, replaced: values?.get(column.name) }));
    entities.set(model, values === undefined ? entity : Object.freeze({ ...entity, columns: Object.freeze(columns) }));
  }
  return Object.freeze({ ...schema, entities });
}
