import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { sentType, sentValue } from '../dialect/postgres/sent-values.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { arrayLiteral, columnList, equalColumns, ownRows, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { linkRowKey } from '../schema/link-row-key.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';
import { memberKeys, objectKey } from '../values/object-values.js';
import { drawsFromSequence, generatedKeys } from './generated-keys.js';
import { holdRows } from './hold-rows.js';
import { holdsKeyOf } from './holds-key-of.js';
import type { PlannedModel } from './planned-model.js';
import { rowOf } from './planned-model.js';
import type { TargetLink } from './target.js';

/** Owner key and other key of one link. */
export type LinkPair = readonly [owner: Key, inverse: Key];

/** The links of one object, as they will stand in the target: an owner, and one end of each. */
export interface ObjectLinks {
  readonly owner: Key;
  readonly ends: readonly Key[];
  /** Whether the archive has the other end of each, so that the plan knows that it is there. */
  readonly areInArchive: boolean;
}

/**
 * The links of some objects. Those of an owner that stays out stay out with it; one that leads to a skipped object leads to the row
 * that is proven to be the same, or stays out.
 */
export function objectLinks(
  models: ReadonlyMap<string, PlannedModel>,
  planned: PlannedModel,
  link: TargetLink,
  objects: readonly ArchiveObject[],
): readonly ObjectLinks[] {
  const other = models.get(link.inverseModel);
  const all: ObjectLinks[] = [];
  for (const object of objects) {
    const list = memberKeys(object, link.member, link.inverse);
    if (list.length === 0) continue;
    const key = objectKey(object, planned.target.shape);
    if (key === undefined || planned.skipped.has(key)) continue;
    // Several objects can be the same row there.
    const ends = new Set<Key>();
    let areInArchive = true;
    for (const inverse of list) {
      if (other?.keys.has(inverse) !== true) areInArchive = false;
      const end = other === undefined ? inverse : rowOf(other, inverse);
      if (end !== undefined) ends.add(end);
    }
    if (ends.size > 0) all.push({ owner: planned.mapping?.moved.get(key) ?? key, ends: [...ends], areInArchive });
  }
  return all;
}

/** The same, one by one. */
export function linkPairs(...all: Parameters<typeof objectLinks>): readonly LinkPair[] {
  return pairsOf(objectLinks(...all));
}

function pairsOf(links: readonly ObjectLinks[]): readonly LinkPair[] {
  return links.flatMap(({ owner, ends }) => ends.map((end): LinkPair => [owner, end]));
}

/** How many of the links the target has. */
export async function countExisting(
  session: Session,
  schema: Schema,
  { link }: TargetLink,
  pairs: readonly LinkPair[],
): Promise<number> {
  if (pairs.length === 0) return 0;
  const { from, parameters, same } = heldPairs(schema, link, pairs);
  const [row] = await session.query(`SELECT count(*) FROM ${from} WHERE EXISTS (${same})`, parameters, {
    what: 'count links',
    table: entityOf(schema, link.through).table,
  });
  return Number(row?.[0]);
}

/** Which of the links the target has, by place. */
export async function existingPairs(
  session: Session,
  schema: Schema,
  { link }: TargetLink,
  pairs: readonly LinkPair[],
): Promise<ReadonlySet<number>> {
  const { from, parameters, same } = heldPairs(schema, link, pairs);
  const rows = await session.query(`SELECT v.ordinal FROM ${from} WHERE EXISTS (${same})`, parameters, {
    what: 'look up links',
    table: entityOf(schema, link.through).table,
  });
  return new Set(rows.map(([ordinal]) => Number(ordinal) - 1));
}

/** @throws RefusedError ARCHIVE_NOT_CLOSED where a link leads to an object that is nowhere: only a hand can write such an archive */
export async function refuseOpenLinks(
  session: Session,
  schema: Schema,
  target: TargetLink,
  pairs: readonly LinkPair[],
): Promise<void> {
  const { from, parameters } = joinedPairs(schema, target.link, pairs);
  const [row] = await session.query(`SELECT count(*) FROM ${from}`, parameters, { what: 'count the ends of links' });
  if (Number(row?.[0]) < pairs.length) throw openLinks(target);
}

export function openLinks({ name, inverseModel }: TargetLink): RefusedError {
  return new RefusedError(
    'ARCHIVE_NOT_CLOSED',
    `${name}: a link leads to an object of ${inverseModel} that neither the archive nor the target has`,
    { hint: 'Nothing was written. portolan verify names the link.' },
  );
}

/** Adds those that the target has not; an import never removes a link. Returns how many were added. */
export async function insertLinks(
  session: Session,
  schema: Schema,
  target: TargetLink,
  pairs: readonly LinkPair[],
  dryRun: boolean,
): Promise<number> {
  if (pairs.length === 0) return 0;
  const { link } = target;
  const through = entityOf(schema, link.through);
  const { from, parameters } = joinedPairs(schema, link, pairs);
  const names = [...link.owner.columns, ...link.inverse.columns];
  const values = [
    ...link.owner.parentColumns.map((name) => `o.${quoteIdentifier(name)}`),
    ...link.inverse.parentColumns.map((name) => `i.${quoteIdentifier(name)}`),
  ];
  const ends = values.map((value, at) => `${value} AS l${String(at)}`).join(', ');
  const selected = values.map((_, at) => `l${String(at)}`);
  // Two objects can be one row of the target, which has a link of both once.
  const missing = `SELECT DISTINCT ${ends} FROM ${from} WHERE NOT EXISTS (${sameLink(schema, link)}) ORDER BY ${selected.join(', ')}`;
  let overriding = '';
  if (dryRun) {
    overriding = 'OVERRIDING SYSTEM VALUE ';
    for (const fill of generatedKeys(
      through.columns.filter((column) => drawsFromSequence(column) && !names.includes(column.name)),
    )) {
      names.push(fill.column.name);
      selected.push(
        `${fill.value() ?? '0'}::${fill.column.lookupType} - row_number() OVER () + 1 - (SELECT count(*) FROM ${ownRows(through)})`,
      );
    }
  }
  const columns = names.map(quoteIdentifier).join(', ');
  const sql = `WITH added AS (INSERT INTO ${quoteTable(through.table)} (${columns}) ${overriding}SELECT ${selected.join(', ')} FROM (${missing}) m RETURNING 1) SELECT count(*) FROM added`;
  const [row] = await session.query(sql, parameters, { what: 'write links', table: through.table });
  return Number(row?.[0]);
}

/** The ends of links that no constraint holds: nobody may take one away before the links to it are committed. */
export async function holdEnds(
  session: Session,
  schema: Schema,
  models: ReadonlyMap<string, PlannedModel>,
  findings: Findings,
  { link }: TargetLink,
  pairs: readonly LinkPair[],
): Promise<void> {
  for (const [side, reference] of [link.owner, link.inverse].entries()) {
    const planned = [...models.values()].find(({ target }) => target.entity.model === reference.parent);
    // What this transaction wrote itself nobody else can delete.
    if (reference.constraint !== undefined || planned?.empty === true) continue;
    const entity = entityOf(schema, reference.parent);
    const values = new Set(pairs.map((pair) => pair[side as 0 | 1]));
    await holdRows(session, findings, { entity, columns: entity.key, values, constrained: false });
  }
}

/** The rows of the join table that some links are, by the texts of what tells them apart: each with its digest. */
export async function linkRows(
  session: Session,
  schema: Schema,
  { link }: TargetLink,
  pairs: readonly LinkPair[],
  columns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (pairs.length === 0) return new Map();
  const through = entityOf(schema, link.through);
  const key = linkRowKey(through, link);
  const { from, parameters } = joinedPairs(schema, link, pairs);
  const sql = `SELECT ${rowDigestSql(columns, 'x')}, ${columnList(key, 'x')} FROM ${from} JOIN ${ownRows(through)} x ON ${linkCondition(schema, link)}`;
  const rows = await session.query(sql, parameters, { what: 'look up links', table: through.table });
  return new Map(rows.map(([digest, ...texts]) => [texts.join('\0'), digest ?? '']));
}

interface SentPairs {
  readonly from: string;
  readonly parameters: readonly string[];
}

/** Pairs, and what says that a link is there: without its ends where the join table holds their keys, and every row of theirs is there. */
function heldPairs(schema: Schema, link: TargetLink['link'], pairs: readonly LinkPair[]): SentPairs & { readonly same: string } {
  const through = entityOf(schema, link.through);
  const ends = [link.owner, link.inverse];
  if (!ends.every((end) => end.constraint?.validated === true && holdsKeyOf(schema, through, end)))
    return { ...joinedPairs(schema, link, pairs), same: sameLink(schema, link) };
  const { values, columns, parameters } = sentPairs(schema, link, pairs);
  const names = [...link.owner.columns, ...link.inverse.columns];
  const same = names.map((name, at) => {
    return holdsSent('x', name, columns[at] as Entity['columns'][number], at);
  });
  return { from: values, parameters, same: `SELECT 1 FROM ${ownRows(through)} x WHERE ${same.join(' AND ')}` };
}

/** Pairs, `v`, with the rows of both ends: the owner's `o`, and the other's `i`. */
function joinedPairs(schema: Schema, link: TargetLink['link'], pairs: readonly LinkPair[]): SentPairs {
  const { values, columns, parameters } = sentPairs(schema, link, pairs);
  const owner = entityOf(schema, link.owner.parent);
  const inverse = entityOf(schema, link.inverse.parent);
  const on = (side: 0 | 1, alias: string): string =>
    columns
      .flatMap((column, at) => ((at < owner.key.length ? 0 : 1) === side ? [holdsSent(alias, column.name, column, at)] : []))
      .join(' AND ');
  return {
    from: `${values} JOIN ${ownRows(owner)} o ON ${on(0, 'o')} JOIN ${ownRows(inverse)} i ON ${on(1, 'i')}`,
    parameters,
  };
}

/** That a column has the value that was sent of a key's column, at its place. */
function holdsSent(alias: string, name: string, column: Entity['columns'][number], at: number): string {
  return `${alias}.${quoteIdentifier(name)} ${column.equality} ${sentValue(column, `v.c${String(at)}`)}`;
}

/** Pairs as rows of `v`: columns `c0 …`, of the keys of both ends, and `ordinal`, from 1 on. */
function sentPairs(
  schema: Schema,
  link: TargetLink['link'],
  pairs: readonly LinkPair[],
): { readonly values: string; readonly columns: Entity['columns']; readonly parameters: readonly string[] } {
  const columns: Entity['columns'][number][] = [];
  const parameters: string[] = [];
  for (const [side, { parent }] of [link.owner, link.inverse].entries()) {
    const entity = entityOf(schema, parent);
    for (const [part, name] of entity.key.entries()) {
      columns.push(columnOf(entity, name));
      // Integers need no text of their own each.
      parameters.push(
        hasIntegerKey(entity)
          ? `{${pairs.map((pair) => pair[side as 0 | 1]).join(',')}}`
          : arrayLiteral(pairs.map((pair) => keyTexts(pair[side as 0 | 1])[part] ?? null)),
      );
    }
  }
  const arrays = columns.map((column, at) => `$${String(at + 1)}::${sentType(column)}[]`).join(', ');
  const names = columns.map((_, at) => `c${String(at)}`).join(', ');
  return { values: `unnest(${arrays}) WITH ORDINALITY v(${names}, ordinal)`, columns, parameters };
}

function sameLink(schema: Schema, link: TargetLink['link']): string {
  return `SELECT 1 FROM ${ownRows(entityOf(schema, link.through))} x WHERE ${linkCondition(schema, link)}`;
}

function linkCondition(schema: Schema, link: TargetLink['link']): string {
  const through = entityOf(schema, link.through);
  const same = (reference: Reference, alias: string): string[] => {
    const parent = entityOf(schema, reference.parent);
    return reference.columns.map((name, at) =>
      equalColumns(columnOf(through, name), 'x', columnOf(parent, reference.parentColumns[at] ?? ''), alias),
    );
  };
  return [...same(link.owner, 'o'), ...same(link.inverse, 'i')].join(' AND ');
}

function columnOf(entity: Entity, name: string): Entity['columns'][number] {
  const column = entity.columns.find((one) => one.name === name);
  if (column === undefined) throw new TypeError(`${entity.model} has no column ${name}`);
  return column;
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}
