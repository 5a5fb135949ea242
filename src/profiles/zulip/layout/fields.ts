import type { Key } from '../../../closure/key.js';
import type { LinkList } from '../../../export/link-lists.js';
import type { Column, Entity, Schema } from '../../../schema/schema.js';
import { RefusedError } from '../../../errors/portolan-error.js';
import type { OutputBuffer } from '../../../values/output-buffer.js';
import type { RowCursor } from '../../../values/row-cursor.js';
import { authenticationMethods } from './authentication-methods.js';
import { floatSeconds, wholeSeconds } from './float-seconds.js';
import { jsonString, jsonText } from './json-text.js';

/** One member of a row's object. */
export interface Field {
  readonly name: string;
  readonly value: FieldValue;
}

/** A column as its kind is written, or what has a way of its own. A column that is NULL is `null`. */
export type FieldValue =
  | { readonly is: 'integer' | 'boolean' | 'text'; readonly at: number }
  | { readonly is: 'written'; readonly at?: number; readonly write: Write };

type Write = (out: OutputBuffer, cursor: RowCursor, row: RowFacts) => void;

/** What is known of the row on which a cursor stands beside its columns. */
export interface RowFacts {
  readonly key: () => Key;
  readonly lists: readonly LinkList[];
}

const letterT = 0x74;

/** How deep the value of a row's member stands in its file. */
export const depthOfValues = 3;

export interface FieldOptions {
  /** Dates are cut to whole seconds. */
  readonly cutsDates?: boolean;
  /** Names of the bits of a realm's authentication methods. */
  readonly methods: readonly string[];
}

/** The fields of the columns that leave, in the order in which the cursor has these. */
export function fieldsOf(entity: Entity, columns: readonly Column[], options: FieldOptions): readonly Field[] {
  return columns.map((column, at) => fieldOf(entity, column, at, options));
}

/** Known fields first, in Zulip's order. */
export function inZulipsOrder(fields: readonly Field[], known: string): readonly Field[] {
  const places = new Map(known.split(' ').map((name, at) => [name, at]));
  const placeOf = ({ name }: Field): number => places.get(name) ?? places.size;
  return [...fields].sort((a, b) => placeOf(a) - placeOf(b));
}

function fieldOf(entity: Entity, column: Column, at: number, { cutsDates = false, methods }: FieldOptions): Field {
  const { name } = column;
  const of = entity.table.name;
  if (of === 'zerver_realm' && name === 'authentication_methods') {
    return written('authentication_methods', at, (out, cursor) => {
      out.ascii(jsonText(authenticationMethods(cursor.text(at) ?? '0', methods), depthOfValues));
    });
  }
  if (of === 'zerver_usermessage' && name === 'flags') return { name: 'flags_mask', value: { is: 'integer', at } };
  if (column.type.endsWith('with time zone') && column.type.startsWith('timestamp')) {
    const seconds = cutsDates ? wholeSeconds : floatSeconds;
    return written(column.member, at, (out, cursor) => {
      const text = seconds(cursor.text(at) ?? '');
      if (text === undefined) throw noNumber(entity, column);
      out.ascii(text);
    });
  }
  if (column.kind !== 'number') return { name: column.member, value: { is: column.kind, at } };
  return written(column.member, at, (out, cursor) => {
    const text = cursor.text(at) ?? '';
    if (!/^-?\d/u.test(text)) throw noNumber(entity, column);
    out.ascii(text);
  });
}

/** Ids that are no column: of a many-to-many relation, or found by other means. */
export function idsField(name: string, idsOf: (row: RowFacts) => readonly Key[]): Field {
  const blanks = ' '.repeat(4 * depthOfValues);
  const write = (out: OutputBuffer, _: RowCursor, row: RowFacts): void => {
    out.ascii('[\n');
    idsOf(row).forEach((id, at) => {
      out.ascii(`${at === 0 ? '' : ',\n'}${blanks}    ${String(id)}`);
    });
    out.ascii(`\n${blanks}]`);
  };
  return { name, value: { is: 'written', write } };
}

/** The fields of the many-to-many relations of a model. */
export function linkFieldsOf(schema: Schema, { model }: Entity): readonly Field[] {
  return schema.links
    .filter(({ owner }) => owner.parent === model)
    .map(({ member }) => idsField(member, ({ key, lists }) => lists.find((list) => list.member === member)?.of(key()) ?? []));
}

function written(name: string, at: number, write: (out: OutputBuffer, cursor: RowCursor) => void): Field {
  return { name, value: { is: 'written', at, write } };
}

function noNumber(entity: Entity, { name }: Column): RefusedError {
  return new RefusedError('LAYOUT_VALUE', `${entity.model}.${name} holds what is no number in Zulip's files`, {
    hint: 'Infinity and the like cannot be written: correct the rows, or export to our own format.',
  });
}

/** What stands before each field's value, and how a row begins and ends. A row begins with the comma that ends the one before. */
export class RowText {
  readonly #members: readonly Member[];

  constructor(fields: readonly Field[]) {
    this.#members = fields.map(({ name, value }, place) => ({
      prefix: Buffer.from(`${place === 0 ? ',\n        {' : ','}\n            ${jsonString(name)}:`),
      is: value.is,
      at: value.at ?? noColumn,
      write: value.is === 'written' ? value.write : nothing,
    }));
  }

  write(out: OutputBuffer, cursor: RowCursor, row: RowFacts): void {
    const { chunk } = cursor;
    for (const { prefix, is, at, write } of this.#members) {
      out.append(prefix);
      if (at !== noColumn && cursor.isNull(at)) out.append(nullText);
      else if (is === 'integer') out.copy(chunk, cursor.start(at), cursor.end(at));
      else if (is === 'text') out.escapedAscii(chunk, cursor.start(at), cursor.end(at));
      else if (is === 'boolean') out.append(chunk[cursor.start(at)] === letterT ? trueText : falseText);
      else write(out, cursor, row);
    }
    out.append(rowEnd);
  }
}

/** All of one form, as rows are many. */
interface Member {
  readonly prefix: Buffer;
  readonly is: FieldValue['is'];
  /** The column, or {@link noColumn}. */
  readonly at: number;
  readonly write: Write;
}

const noColumn = -1;
const nothing = (): void => undefined;
const [nullText, trueText, falseText, rowEnd] = ['null', 'true', 'false', '\n        }'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
