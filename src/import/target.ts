import type { ArchiveHeader, ArchiveLink, ArchiveObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Column, Entity, Link, Reference, Schema } from '../schema/schema.js';
import { isDescribed, targetEntity } from '../schema/target-entity.js';
import type { ConflictStrategy, MergeRule } from '../terms.js';
import type { KeyShape } from '../values/archive-value.js';
import type { RowComparer } from '../values/row-comparer.js';
import { createRowComparer } from '../values/row-comparer.js';
import type { ColumnWriter, RowEdits, RowWriter } from '../values/row-encoder.js';
import { createColumnWriter, createRowEncoder, createRowWriter } from '../values/row-encoder.js';
import type { Fill } from './fill.js';
import type { TargetInner, TargetMention } from './target-inner.js';
import { targetInner, targetMentions } from './target-inner.js';

/** A column of the archive and the column of the target that it goes to. */
export interface TargetColumn {
  readonly member: string;
  readonly inKey: boolean;
  readonly column: Column;
  /** The type that the column had where the archive comes from. */
  readonly archiveType: string;
}

/** Which columns a row of COPY text has: one of the lists of a target model. */
export type Lane = 'columns' | 'written' | 'staged';

/** One model of the archive with the table that it goes to. */
export interface TargetModel {
  /** As the archive writes it. */
  readonly model: string;
  readonly entity: Entity;
  readonly shape: KeyShape;
  /** What is compared: every column of the archive that the target has. */
  readonly columns: readonly TargetColumn[];
  /** What is written: those that the database does not compute itself. */
  readonly written: readonly TargetColumn[];
  /** What is staged: that, and what else finds a row again. */
  readonly staged: readonly TargetColumn[];
  /** Values of columns that the archive lacks and a new row needs. */
  readonly fills: readonly Fill[];
  readonly references: readonly Reference[];
  /** References whose keys stand inside values. */
  readonly inner: readonly TargetInner[];
  /** What values only mention. */
  readonly mentions: readonly TargetMention[];
  readonly links: readonly TargetLink[];
  readonly strategy: ConflictStrategy;
  /** What becomes of the target's row that has the same natural key; undefined where such a row is another. */
  readonly merge: MergeRule | undefined;
  /** Members that no UPDATE may write: columns that are GENERATED ALWAYS AS IDENTITY. */
  readonly fixed: readonly string[];
  /** A row as COPY text, columns as `columns`. */
  readonly line: (object: ArchiveObject, edits?: RowEdits) => string;
  /** The same in bytes, of any of the lists of columns. */
  readonly writers: Readonly<Record<Lane, RowWriter>>;
  /** Compares a row with that of an object, columns as `columns`. */
  readonly compareLine: RowComparer;
  /** One column of it. */
  readonly writeColumn: ColumnWriter;
}

export interface TargetLink {
  /** Name in the archive: `model.member`. */
  readonly name: string;
  readonly member: string;
  readonly link: Link;
  readonly inverse: KeyShape;
  /** The other side's model, as the archive writes it. */
  readonly inverseModel: string;
}

export interface TargetModelParts {
  readonly header: ArchiveHeader;
  readonly schema: Schema;
  readonly model: string;
  readonly entity: Entity;
  readonly columns: readonly TargetColumn[];
  readonly fills: readonly Fill[];
  readonly strategy: ConflictStrategy;
}

export function targetModel(parts: TargetModelParts): TargetModel {
  const { header, schema, model, entity, columns, fills, strategy } = parts;
  const written = columns.filter(({ column }) => !column.generated);
  const staged = [...written, ...columns.filter(({ inKey, column }) => inKey && column.generated)];
  const held = new Set(columns.map(({ column }) => column.name));
  return Object.freeze({
    model,
    entity,
    shape: headerKeyShape(header, model),
    columns,
    written,
    staged,
    fills,
    references: schema.references.filter((one) => one.child === entity.model && one.columns.every((name) => held.has(name))),
    inner: targetInner(schema, entity, columns),
    mentions: targetMentions(schema, entity, columns),
    links: targetLinks(header, schema, model, entity),
    strategy,
    merge: entity.policy?.merge,
    fixed: columns.flatMap(({ member, column }) => (column.identity === 'always' ? [member] : [])),
    line: createRowEncoder(columns),
    writers: { columns: createRowWriter(columns), written: createRowWriter(written), staged: createRowWriter(staged) },
    compareLine: createRowComparer(columns),
    writeColumn: createColumnWriter(columns),
  });
}

function targetLinks(header: ArchiveHeader, schema: Schema, model: string, entity: Entity): readonly TargetLink[] {
  return Object.entries(header.entities[model]?.links ?? {}).flatMap(([member, described]) => {
    const link = linkInTarget(header, schema, entity, member, described);
    if (link === undefined) return [];
    return [
      {
        name: `${model}.${member}`,
        member,
        link,
        inverse: headerKeyShape(header, described.model),
        inverseModel: described.model,
      },
    ];
  });
}

/** The target's many-to-many relation of that join table, else of that member, else of a join table of that name elsewhere; one that leads to another model is none. */
export function linkInTarget(
  header: ArchiveHeader,
  schema: Schema,
  entity: Entity,
  member: string,
  described: ArchiveLink,
): Link | undefined {
  const inverse = targetEntity(schema, header, described.model)?.model;
  const own = schema.links.filter((link) => link.owner.parent === entity.model && link.inverse.parent === inverse);
  return (
    own.find((link) => {
      const through = schema.entities.get(link.through);
      return through !== undefined && isDescribed(through, described);
    }) ??
    own.find((link) => link.member === member) ??
    own.find((link) => schema.entities.get(link.through)?.table.name === described.table)
  );
}
