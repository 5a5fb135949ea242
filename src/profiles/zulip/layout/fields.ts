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
  /** Writes the value; the cursor stands on the row. */
  write(out: OutputBuffer, cursor: RowCursor, row: RowFacts): void;
}

/** What is known of the row on which a cursor stands beside its columns. */
export interface RowFacts {
  key(): Key;
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
    return field('authentication_methods', at, (out, cursor) => {
      out.ascii(jsonText(authenticationMethods(cursor.text(at) ?? '0', methods), depthOfValues));
    });
  }
  if (of === 'zerver_usermessage' && name === 'flags') return integerField('flags_mask', at);
  if (column.type.endsWith('with time zone') && column.type.startsWith('timestamp')) {
    const seconds = cutsDates ? wholeSeconds : floatSeconds;
    return field(column.member, at, (out, cursor) => {
      const text = seconds(cursor.text(at) ?? '');
      if (text === undefined) throw noNumber(entity, column);
      out.ascii(text);
    });
  }
  switch (column.kind) {
    case 'integer':
      return integerField(column.member, at);
    case 'number':
      return field(column.member, at, (out, cursor) => {
        const text = cursor.text(at) ?? '';
        if (!/^-?\d/u.test(text)) throw noNumber(entity, column);
        out.ascii(text);
      });
    case 'boolean':
      return field(column.member, at, (out, cursor) => {
        out.ascii(cursor.chunk[cursor.start(at)] === letterT ? 'true' : 'false');
      });
    case 'text':
      return field(column.member, at, (out, cursor) => {
        out.escapedAscii(cursor.chunk, cursor.start(at), cursor.end(at));
      });
  }
}

/** Ids that are no column: of a many-to-many relation, or found by other means. */
export function idsField(name: string, idsOf: (row: RowFacts) => readonly Key[]): Field {
  return {
    name,
    write: (out, _, row) => {
      const blanks = ' '.repeat(4 * depthOfValues);
      out.ascii('[\n');
      idsOf(row).forEach((id, at) => {
        out.ascii(`${at === 0 ? '' : ',\n'}${blanks}    ${String(id)}`);
      });
      out.ascii(`\n${blanks}]`);
    },
  };
}

/** The fields of the many-to-many relations of a model. */
export function linkFieldsOf(schema: Schema, { model }: Entity): readonly Field[] {
  return schema.links
    .filter(({ owner }) => owner.parent === model)
    .map(({ member }) => idsField(member, ({ key, lists }) => lists.find((list) => list.member === member)?.of(key()) ?? []));
}

function field(name: string, at: number, write: (out: OutputBuffer, cursor: RowCursor) => void): Field {
  return {
    name,
    write: (out, cursor) => {
      if (cursor.isNull(at)) out.ascii('null');
      else write(out, cursor);
    },
  };
}

function integerField(name: string, at: number): Field {
  return field(name, at, (out, cursor) => {
    out.copy(cursor.chunk, cursor.start(at), cursor.end(at));
  });
}

function noNumber(entity: Entity, { name }: Column): RefusedError {
  return new RefusedError('LAYOUT_VALUE', `${entity.model}.${name} holds what is no number in Zulip's files`, {
    hint: 'Infinity and the like cannot be written: correct the rows, or export to our own format.',
  });
}

/** What stands before each field's value, and how a row begins and ends. A row begins with the comma that ends the one before. */
export class RowText {
  readonly #fields: readonly { readonly prefix: Buffer; readonly field: Field }[];

  constructor(fields: readonly Field[]) {
    this.#fields = fields.map((one, at) => ({
      prefix: Buffer.from(`${at === 0 ? ',\n        {' : ','}\n            ${jsonString(one.name)}:`),
      field: one,
    }));
  }

  write(out: OutputBuffer, cursor: RowCursor, row: RowFacts): void {
    for (const { prefix, field: one } of this.#fields) {
      out.append(prefix);
      one.write(out, cursor, row);
    }
    out.ascii('\n        }');
  }
}
