import type { CatalogColumn } from '../dialect/postgres/catalog.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import type { Findings } from '../findings/finding.js';
import { isSecretName } from '../policy/secret-words.js';
import type { DraftReference, DraftTable } from './draft.js';
import { excludedColumns, findColumns } from './exclusions.js';
import { mentions } from './mentions.js';
import type { Problems } from './problems.js';
import type { Column, Entity } from './schema.js';

/** Types whose values can be secrets, arrays of them and domains over them too. */
const secretTypes: ReadonlySet<string> = new Set(
  'text varchar bpchar char name bytea json jsonb uuid xml citext hstore'.split(' '),
);

interface Draft {
  readonly policy: ParsedPolicy;
  readonly references: readonly DraftReference[];
  readonly problems: Problems;
  readonly findings: Findings;
}

/**
 * Says of each column whether it stays at home, and why, and whether it is a secret, wherever it goes. Keys, foreign keys and what those refer to are never withheld by their name,
 * since nothing could be found again without them: a finding tells where a name sounds like a secret. What the policy or the user says
 * goes before any name.
 */
export function withheldReason(
  { policy, references, problems, findings }: Draft,
  entities: ReadonlyMap<string, Entity>,
): (table: DraftTable, column: Column) => Pick<Column, 'withheld' | 'secret'> {
  const excluded = excludedColumns(entities, policy, problems);
  const inReference = new Set(
    references.flatMap((edge) => [
      ...[...edge.columns, edge.when?.column ?? ''].map((name) => columnId(edge.child.name.model, name)),
      ...edge.parentColumns.map((name) => columnId(edge.parent.name.model, name)),
    ]),
  );
  const included = new Set<string>();
  for (const text of policy.includeSecrets) {
    if (text === '*') continue;
    for (const [model, name] of findColumns(entities, '--include-secret', text, problems)) included.add(columnId(model, name));
  }
  const verdicts = new Map<string, 'secret' | 'public'>();
  for (const [text, verdict] of Object.entries(policy.secrets ?? {})) {
    for (const [model, name] of findColumns(entities, 'secrets', text, problems)) {
      verdicts.set(columnId(model, name), verdict);
      if (verdict === 'secret' && entities.get(model)?.key.includes(name) === true) {
        problems.add('EXCLUDED_KEY', `secrets: ${text} is part of the key of ${model}, without which its rows have no name`);
      }
    }
  }
  for (const { child, when } of references) {
    const id = columnId(child.name.model, when?.column ?? '');
    if (when !== undefined && (excluded.has(id) || verdicts.get(id) === 'secret'))
      problems.add(
        'EXCLUDED_KEY',
        `${child.name.model}.${when.column} says where a declared reference leads: it cannot stay at home`,
      );
  }
  const isIncluded = (id: string): boolean => included.has(id) || policy.includeSecrets.includes('*');
  const isKey = (table: DraftTable, { name }: Column): boolean =>
    table.identity.includes(name) || inReference.has(columnId(table.name.model, name));
  const sounds = (table: DraftTable, column: Column): boolean =>
    (canHoldSecret(table, column.name) && soundsSecret(table, column)) || hasSecretPart(table, column.name);
  const ownReason = (table: DraftTable, column: Column): Column['withheld'] => {
    const id = columnId(table.name.model, column.name);
    if (excluded.has(id)) return 'excluded';
    if (isIncluded(id)) return undefined;
    const verdict = verdicts.get(id) ?? (sounds(table, column) && !isKey(table, column) ? 'secret' : 'public');
    return verdict === 'secret' ? 'secret' : undefined;
  };
  /** What is computed from a withheld value tells it. */
  const sourcesOf = (table: DraftTable, column: Column): readonly Column[] => {
    const expression = table.columns.find(({ name }) => name === column.name)?.generatedAs;
    if (expression === undefined) return [];
    const { columns = [] } = entities.get(table.name.model) ?? {};
    return columns.filter(({ name }) => name !== column.name && mentions(expression, name));
  };
  const reasonOf = (table: DraftTable, column: Column): Column['withheld'] => {
    const id = columnId(table.name.model, column.name);
    const own = ownReason(table, column);
    if (own !== undefined || isIncluded(id) || verdicts.has(id)) return own;
    if (sounds(table, column))
      findings.warn(
        'secret-key',
        `${table.name.model}.${column.member}`,
        'sounds like a secret, and is a key: it is not withheld',
      );
    return sourcesOf(table, column)
      .map((source) => ownReason(table, source))
      .find((reason) => reason !== undefined);
  };
  /** Also of keys, and of what was asked for. */
  const isSecret = (table: DraftTable, column: Column): boolean => {
    const saysSo = (one: Column): boolean => {
      const verdict = verdicts.get(columnId(table.name.model, one.name));
      return verdict === undefined ? sounds(table, one) : verdict === 'secret';
    };
    const isJudged = verdicts.has(columnId(table.name.model, column.name));
    return saysSo(column) || (!isJudged && sourcesOf(table, column).some(saysSo));
  };
  return (table, column) => ({ withheld: reasonOf(table, column), secret: isSecret(table, column) });
}

export function columnId(model: string, column: string): string {
  return `${model}\0${column}`;
}

function canHoldSecret(table: DraftTable, name: string): boolean {
  const column: CatalogColumn | undefined = table.columns.find((one) => one.name === name);
  return column !== undefined && (secretTypes.has(column.elementType) || column.elementKind === 'c');
}

/** A column of a composite type holds what its parts hold. */
function hasSecretPart(table: DraftTable, name: string): boolean {
  const { parts = [] } = table.columns.find((one) => one.name === name) ?? {};
  const names = parts.map((part) => part.name);
  return parts.some(
    ({ name, elementType }) => (secretTypes.has(elementType) || elementType === 'record') && isSecretName(name, names),
  );
}

function soundsSecret(table: DraftTable, column: Column): boolean {
  const siblings = table.columns.map((one) => one.name);
  return isSecretName(column.name, siblings) || (column.property !== undefined && isSecretName(column.property, siblings));
}
