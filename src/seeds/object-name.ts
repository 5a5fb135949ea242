import { keyTexts } from '../closure/key.js';
import type { Key } from '../closure/key.js';
import { UsageError } from '../errors/portolan-error.js';
import { resolveColumn } from '../schema/resolve-column.js';
import { findModels, resolveModel } from '../schema/resolve-model.js';
import type { Column, Entity, Schema, ValueKind } from '../schema/schema.js';
import { joinAssignments, splitAssignments } from './assignments.js';

/** What a user's `app.Model.key` says: an entity, and the texts of some of its columns. */
export interface ObjectName {
  /** As the user wrote it. */
  readonly text: string;
  readonly entity: Entity;
  readonly columns: readonly Column[];
  readonly values: readonly string[];
  /** Where the name is that of a child entity of single-table inheritance: the discriminator's values that its rows have. */
  readonly kinds: readonly string[] | undefined;
}

const bracketed = /^([^[\]]+)\[(.+)\]$/su;

/**
 * Reads `app.Model.key`, `Model.key`, `app.Model.a=1,b=2` or `app.Model[column=value]`. Only the first two dots separate: a key may hold dots.
 *
 * @throws UsageError OBJECT_MALFORMED, UNKNOWN_MODEL, MODEL_AMBIGUOUS, UNKNOWN_COLUMN
 */
export function parseObjectName(schema: Schema, text: string): ObjectName {
  const brackets = bracketed.exec(text);
  if (brackets?.[1] !== undefined && brackets[2] !== undefined && !isDotted(schema, brackets[1])) {
    const entity = resolveModel(schema, brackets[1]);
    if (entity.key.length === 0) throw keyUnknown(entity);
    return byColumns(entity, kindsOf(entity, brackets[1]), text, brackets[2]);
  }
  const { entity, key, model } = splitName(schema, text);
  const kinds = kindsOf(entity, model);
  const [only] = entity.key;
  if (only === undefined) throw keyUnknown(entity);
  if (entity.key.length > 1) return byColumns(entity, kinds, text, key);
  return { text, entity, columns: [resolveColumn(entity, only)], values: [key], kinds };
}

/** How objects of a model are named: `app.Model.key`, with a composite key `app.Model.a=…,b=…`. */
export function keyForm({ app, name, key, columns }: Entity): string {
  const members = key.map((one) => columns.find((column) => column.name === one)?.property ?? one);
  return `${app}.${name}.${members.length > 1 ? members.map((member) => `${member}=…`).join(',') : 'key'}`;
}

/** How an object is written: `demoapp.book.4`, `app.model.a=1,b=2`. {@link parseObjectName} reads it back. */
export function formatObjectName(entity: Entity, key: Key): string {
  const texts = keyTexts(key);
  return writeObjectName(
    entity.model,
    entity.key.map((name, at) => {
      const column = entity.columns.find((candidate) => candidate.name === name);
      return { name: column?.property ?? name, kind: column?.kind ?? 'text', text: texts[at] ?? '' };
    }),
  );
}

/** The name of an object by the columns of its key: the text of a boolean as the archive and people write it. */
export function writeObjectName(
  model: string,
  key: readonly { readonly name: string; readonly kind: ValueKind; readonly text: string }[],
): string {
  const parts = key.map(({ name, kind, text }) => [name, kind === 'boolean' ? String(text === 't') : text] as const);
  return `${model}.${parts.length <= 1 ? (parts[0]?.[1] ?? '') : joinAssignments(parts)}`;
}

/** `app.Model.key` is tried first, then `Model.key`, whose key may hold dots; it may also be an empty text. */
function splitName(schema: Schema, text: string): { entity: Entity; model: string; key: string } {
  const [first = '', second, ...rest] = text.split('.');
  const isModel = second !== undefined && findModels(schema, `${first}.${second}`).length === 1;
  const namesNoKey =
    rest.length === 0 && findModels(schema, first).length === 0 && findModels(schema, beforeBracket(text)).length > 0;
  if (second === undefined || namesNoKey) throw malformed(text);
  if (rest.length > 0 && (isModel || findModels(schema, first).length === 0)) {
    const model = `${first}.${second}`;
    return { entity: resolveModel(schema, model), model, key: rest.join('.') };
  }
  return { entity: resolveModel(schema, first), model: first, key: [second, ...rest].join('.') };
}

function beforeBracket(text: string): string {
  return text.replace(/\[[^]*$/u, '');
}

/** Whether the brackets that follow stand in a key: what comes before them begins with a model and a dot. */
function isDotted(schema: Schema, text: string): boolean {
  const [first = '', second, ...rest] = text.split('.');
  if (second === undefined) return false;
  if (rest.length > 0 && findModels(schema, `${first}.${second}`).length > 0) return true;
  return findModels(schema, text).length === 0 && findModels(schema, first).length > 0;
}

function byColumns(entity: Entity, kinds: ObjectName['kinds'], text: string, list: string): ObjectName {
  const assignments = splitAssignments(list);
  if (assignments === undefined) throw malformed(text, `Write ${keyForm(entity)} or ${entity.app}.${entity.name}[column=value].`);
  const columns = assignments.map(([name]) => resolveColumn(entity, name));
  return { text, entity, columns, values: assignments.map(([, value]) => value), kinds };
}

/** The child entity that a model's name means; none where it means the whole table. */
export function kindsOf({ name, discriminator }: Entity, model: string): readonly string[] | undefined {
  const wanted = model.slice(model.lastIndexOf('.') + 1).toLowerCase();
  if (wanted === name.toLowerCase()) return undefined;
  return [...(discriminator?.kinds ?? [])].find(([child]) => child.toLowerCase() === wanted)?.[1];
}

function keyUnknown({ model }: Entity): UsageError {
  return new UsageError('KEY_UNKNOWN', `${model} has no key by which a row could be named`, {
    hint: `Say in the policy which columns identify a row: models: { '${model}': { key: […] } }.`,
  });
}

function malformed(
  text: string,
  hint = 'Write app.Model.key, Model.key, app.Model.a=1,b=2 or app.Model[column=value].',
): UsageError {
  return new UsageError('OBJECT_MALFORMED', `"${text}" does not name an object`, { hint });
}
