import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { insideOf, mentionedIn } from '../inside/inside.js';
import { valueKind } from './column-kind.js';
import { refusedInside } from './declared-inside.js';
import { refusedAbsent, refusedMention } from './refused-mention.js';
import type { DraftReference, DraftTable } from './draft.js';
import { edgeId, hasComparableTypes, idTypes } from './draft-references.js';
import { splitsOf } from './find-by-name.js';
import type { TableKey } from './metadata.js';
import { policyColumn, policyTable, policyTables } from './policy-tables.js';
import type { Problems } from './problems.js';

interface End {
  readonly table: DraftTable;
  readonly columns: readonly string[];
}

/** References that only the policy knows: polymorphic ones, and those between entities that TypeORM keeps apart. */
export function declaredReferences(
  tables: ReadonlyMap<TableKey, DraftTable>,
  policy: ParsedPolicy,
  known: readonly DraftReference[],
  problems: Problems,
): readonly DraftReference[] {
  const all = [...tables.values()];
  const declared: DraftReference[] = [];
  const ids = new Set(known.map(edgeId));
  for (const [at, one] of (policy.references ?? []).entries()) {
    const { from, to, when } = one;
    const where = `references.${String(at)}`;
    const inside = one.mention === true ? mentionedIn(one) : insideOf(one);
    if (one.absent !== undefined && one.mention !== true) {
      problems.add('POLICY_INVALID', `${where}: "absent" is said of what is only mentioned: mention: true`);
      continue;
    }
    if (inside === undefined && [one.array, one.path, one.pattern].some((said) => said !== undefined)) {
      problems.add('POLICY_INVALID', `${where}: of array, path and pattern only one can say where keys stand`);
      continue;
    }
    const child = endOf(all, `${where}.from`, from, problems);
    const parent = endOf(all, `${where}.to`, to, problems);
    if (child === undefined || parent === undefined) continue;
    const parentColumns = parent.columns.length === 0 ? parent.table.identity : parent.columns;
    if (child.columns.length === 0 || child.columns.length !== parentColumns.length) {
      const counts = `${String(child.columns.length)} to ${String(parentColumns.length)}`;
      problems.add('POLICY_INVALID', `${where}: "${from}" and "${to}" name different numbers of columns (${counts})`);
      continue;
    }
    const discriminator = when === undefined ? undefined : policyColumn(child.table, `${where}.when`, when.column, problems);
    if (when !== undefined && discriminator === undefined) continue;
    const edge: DraftReference = {
      child: child.table,
      columns: child.columns,
      parent: parent.table,
      parentColumns,
      property: undefined,
      source: 'declared',
      constraint: undefined,
      when:
        when === undefined || discriminator === undefined
          ? undefined
          : { column: discriminator, value: textOf(child.table, discriminator, when.value) },
      describesParent: false,
      inside,
      mention: one.mention === true ? { absent: one.absent } : undefined,
    };
    const refused = refusedPlace(edge, [...known, ...declared]);
    if (refused !== undefined) problems.add('POLICY_INVALID', `${where}: "${from}": ${refused}`);
    else if (inside === undefined && !hasComparableTypes(edge) && idTypes(edge) === undefined)
      problems.add('POLICY_INVALID', `${where}: the types of "${from}" and "${to}" cannot be compared`);
    else if (!ids.has(edgeId(edge))) {
      ids.add(edgeId(edge));
      declared.push(edge);
    }
  }
  return declared;
}

/** Why keys cannot stand where it says; undefined where they can, and where the value of the column is one. */
function refusedPlace(edge: DraftReference, known: readonly DraftReference[]): string | undefined {
  const { inside, mention } = edge;
  if (inside === undefined) return undefined;
  if (mention === undefined) return refusedInside(edge, inside, known);
  return refusedMention(edge, inside, known) ?? refusedAbsent(edge, inside, mention.absent);
}

/** The server's text, whatever people write: a boolean is `t` or `f` there, and `character(n)` has blanks behind it. */
function textOf(table: DraftTable, name: string, text: string): string {
  const column = table.columns.find((one) => one.name === name);
  const isBoolean = column !== undefined && valueKind(column) === 'boolean';
  if (isBoolean && /^(?:true|false)$/iu.test(text)) return text.slice(0, 1).toLowerCase();
  const [, width] = /^character\((\d+)\)$/u.exec(column?.type ?? '') ?? [];
  return width === undefined ? text : text + ' '.repeat(Math.max(0, Number(width) - Array.from(text).length));
}

/** `Model`, `app.Model`, `Model.field`, `app.Model.field,field`. */
function endOf(tables: readonly DraftTable[], where: string, text: string, problems: Problems): End | undefined {
  const splits = splitsOf(text);
  const [split = splits[0]] = splits.filter(([owner]) => policyTables(tables, owner).length > 0);
  if (split === undefined || policyTables(tables, text).length > 0) {
    const table = policyTable(tables, where, text, problems);
    return table === undefined ? undefined : { table, columns: [] };
  }
  const [owner, fields] = split;
  const table = policyTable(tables, where, owner, problems);
  if (table === undefined) return undefined;
  const columns = fields.split(',').map((name) => policyColumn(table, where, name.trim(), problems));
  const found = columns.flatMap((name) => name ?? []);
  return found.length === columns.length ? { table, columns: found } : undefined;
}
