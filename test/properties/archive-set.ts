import { readFileSync } from 'node:fs';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer, ArchiveValue } from '../../src/index.js';
import { toServerText } from '../../src/values/archive-value.js';
import type { ExpectedClosure } from './expected-closure.js';
import { edgeName } from './expected-closure.js';
import type { MadeDatabase } from './made-database.js';
import type { RowName } from './made-edges.js';
import { rowName } from './made-edges.js';
import { objectName } from './random-rules.js';

type Taken = Extract<ExpectedClosure, { kind: 'taken' }>;

/** What an archive says went out, in the words of an expected closure. */
export interface ArchiveSet extends Pick<Taken, 'rows' | 'links' | 'external' | 'dangling'> {
  /** Row → column → text. */
  readonly values: ReadonlyMap<RowName, ReadonlyMap<string, string | null>>;
}

export function archiveSet(file: string): ArchiveSet {
  const archive = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly header: ArchiveHeader;
    readonly objects: readonly ArchiveObject[];
    readonly trailer: ArchiveTrailer;
  };
  const { header, objects, trailer } = archive;
  const name = (model: string, pk: ArchiveObject['pk']): string =>
    rowName(model.slice('public.'.length), keyTexts(header, model, pk));
  const links = objects.flatMap(({ model, pk, fields }) =>
    Object.entries(header.entities[model]?.links ?? {}).flatMap(([member, link]) =>
      (fields[member] as readonly ArchiveObject['pk'][]).map(
        (other) => `${link.table}: ${name(model, pk)} ${name(link.model, other)}`,
      ),
    ),
  );
  return {
    values: new Map(objects.map((object) => [name(object.model, object.pk), columnTexts(header, object)])),
    rows: new Map(objects.map(({ model, pk, shared }) => [name(model, pk), shared === true ? 'shared' : 'owned'])),
    links: new Set(links),
    external: new Set(trailer.external.map(({ model, pk }) => name(model, pk))),
    dangling: new Set(trailer.dangling.map(({ object, reference }) => `${object} ${reference}`)),
  };
}

/** Counts as text, so that two can be compared whatever order they are in. */
export function sortedCounts(counts: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What differs, one line each; none where the archive holds exactly what it must. */
export function differences(database: MadeDatabase, expected: Taken, found: ArchiveSet): readonly string[] {
  const lines: string[] = [];
  for (const [row, role] of expected.rows) {
    const got = found.rows.get(row);
    if (got !== role) lines.push(`${row} is ${got ?? 'missing'}, not ${role}`);
  }
  for (const row of found.rows.keys()) if (!expected.rows.has(row)) lines.push(`${row} is too much`);
  const dangling = new Set([...expected.dangling].map((text) => danglingName(database, text)));
  for (const [what, wanted, got] of [
    ['link', expected.links, found.links],
    ['external', expected.external, found.external],
    ['dangling', dangling, found.dangling],
  ] as const) {
    for (const one of wanted) if (!got.has(one)) lines.push(`${what} ${one} is missing`);
    for (const one of got) if (!wanted.has(one)) lines.push(`${what} ${one} is too much`);
  }
  return lines;
}

/** Values that are not those of the database, apart from references that are cut: NULL stands there. */
export function differingValues({ tables, references }: MadeDatabase, { cut }: Taken, { values }: ArchiveSet): readonly string[] {
  const lines: string[] = [];
  for (const { name, key, columns, rows } of tables) {
    const held = references.filter(({ child }) => child === name);
    for (const texts of rows) {
      const row = rowName(name, texts.slice(0, key.columns.length) as string[]);
      const found = values.get(row);
      if (found === undefined) continue;
      const isCut = held
        .filter((reference) => cut.has(edgeName({ reference, child: row })))
        .flatMap((reference) => reference.columns);
      for (const [at, column] of columns.entries()) {
        const [text, wanted] = [found.get(column.name), isCut.includes(column.name) ? null : texts[key.columns.length + at]];
        if (text !== wanted) lines.push(`${row}: ${column.name} is ${JSON.stringify(text)}, not ${JSON.stringify(wanted)}`);
      }
    }
  }
  return lines;
}

function columnTexts(header: ArchiveHeader, { model, fields }: ArchiveObject): ReadonlyMap<string, string | null> {
  const columns = Object.entries(header.entities[model]?.columns ?? {}).filter(([member]) => member in fields);
  return new Map(columns.map(([member, { name }]) => [name, toServerText(fields[member] as ArchiveValue)]));
}

function danglingName(database: MadeDatabase, text: string): string {
  const [, table = '', key = '', reference = ''] = /^(\S+) (\[.*\]) (\S+)$/su.exec(text) ?? [];
  return `${objectName(database, table, JSON.parse(key) as string[])} ${reference}`;
}

function keyTexts(header: ArchiveHeader, model: string, pk: ArchiveObject['pk']): string[] {
  const { key = [], columns = {} } = header.entities[model] ?? {};
  if (pk === null || typeof pk !== 'object') return [String(pk)];
  return key.map((column) => {
    const [member = ''] = Object.entries(columns).find(([, { name }]) => name === column) ?? [];
    return String(pk[member]);
  });
}
