import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { isSecretName } from '../policy/secret-words.js';
import type { DraftReference } from './draft.js';
import { excludedColumns } from './exclusions.js';
import type { Column, Entity } from './schema.js';

/** Types whose values can be secrets: text, bytes, json and uuid, arrays of them too. */
const secretTypes = /^"?(text|character varying|character|bpchar|name|bytea|json|jsonb|uuid|xml)\b/u;
const secretExtensionTypes = /(^|\.)"?(citext|hstore)"?(\[\])?$/u;

/** Says of each column whether it stays at home, and why. Keys and foreign keys are never withheld by their name. */
export function withheldReason(
  policy: ParsedPolicy,
  entities: ReadonlyMap<string, Entity>,
  references: readonly DraftReference[],
): (entity: Entity, column: Column) => Column['withheld'] {
  const excluded = excludedColumns(entities, policy);
  const inReference = new Set(references.flatMap((edge) => edge.columns.map((name) => `${edge.child.name.model}\0${name}`)));
  const included = matcher(policy.includeSecrets);
  const classified = Object.entries(policy.secrets ?? {}).map(([text, verdict]) => ({ matches: matcher([text]), verdict }));
  return (entity, column) => {
    if (excluded.has(`${entity.model}\0${column.name}`)) return 'excluded';
    if (included(entity, column)) return undefined;
    const verdict = classified.find(({ matches }) => matches(entity, column))?.verdict;
    if (verdict !== undefined) return verdict === 'secret' ? 'secret' : undefined;
    if (entity.key.includes(column.name) || inReference.has(`${entity.model}\0${column.name}`)) return undefined;
    if (!secretTypes.test(column.type) && !secretExtensionTypes.test(column.type) && !isTextDomain(column)) return undefined;
    return isSecretName(column.name) || (column.property !== undefined && isSecretName(column.property)) ? 'secret' : undefined;
  };
}

/** A type that the user made (a domain) and that is neither number nor boolean: its name does not tell what it holds. */
function isTextDomain(column: Column): boolean {
  return column.kind === 'text' && (column.type.includes('.') || column.exact) && !/^(date|time|timestamp|interval|inet|cidr|macaddr|bit|oid)/u.test(column.type);
}

/** `Model.field`, `app.Model.field`, or `*`. */
function matcher(texts: readonly string[]): (entity: Entity, column: Column) => boolean {
  const all = texts.includes('*');
  const wanted = new Set(texts.map((text) => text.toLowerCase()));
  return (entity, column) => all || columnNames(entity, column).some((name) => wanted.has(name));
}

export function columnNames(entity: Entity, column: Column): readonly string[] {
  const models = [entity.name, `${entity.app}.${entity.name}`, entity.table.name, `${entity.table.schema}.${entity.table.name}`];
  const fields = new Set([column.member, column.property ?? column.name, column.name]);
  return models.flatMap((model) => [...fields].map((field) => `${model}.${field}`.toLowerCase()));
}
