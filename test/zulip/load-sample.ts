import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createReadStream } from 'node:fs';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { sharedFolder } from '../support/shared.js';

/** The folder of the sample beside the checkout. */
export function sampleFolder(): string | undefined {
  const shared = sharedFolder();
  const folder = shared === undefined ? undefined : join(shared, 'zulip', 'sample');
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** The sample's folder; without one the test or suite is skipped, and says why. */
export function needsSample(context: Mocha.Context): string {
  const folder = sampleFolder();
  if (folder !== undefined) return folder;
  if (context.test !== undefined) context.test.title += ' (skipped: the sample is not beside this checkout)';
  return context.skip();
}

/** A database with the sample's tables and rows, in `schema` (where Zulip has them) or another. */
export async function loadSample(folder: string, schema = 'zulip'): Promise<TestDatabase> {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { tables } = JSON.parse(readFileSync(join(dirname(folder), 'schema.json'), 'utf8')) as { tables: readonly Table[] };
    await client.query(
      `BEGIN; CREATE SCHEMA IF NOT EXISTS ${schema}; SET LOCAL search_path = ${schema}; SET LOCAL TimeZone = 'UTC'`,
    );
    await client.query(tables.map(creation).join('\n'));
    for (const { name } of tables) {
      const file = join(folder, `${name}.csv.gz`);
      if (!existsSync(file)) continue;
      const columns = quoted(await header(file));
      const into = client.query(copyFrom(`COPY ${quote(name)} (${columns}) FROM STDIN (FORMAT csv, HEADER)`));
      await pipeline(createReadStream(file), createGunzip(), into);
    }
    await client.query(standIns);
    await client.query([...tables.flatMap(additions), ...tables.map(sequences), 'COMMIT'].join(';\n'));
    await client.query('ANALYZE');
  } catch (error) {
    await database.drop();
    throw error;
  } finally {
    await client.end();
  }
  return database;
}

/** What `schema.json` tells of a table. */
interface Table {
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly not_null: boolean;
    readonly default: string | null;
    readonly sequence?: string | null;
    readonly sequence_owned?: boolean;
  }[];
  readonly primary_key: { readonly name: string; readonly columns: readonly string[] } | null;
  readonly unique: readonly { readonly name: string; readonly columns: readonly string[]; readonly deferrable?: string | null }[];
  readonly checks: readonly { readonly name: string; readonly definition: string }[];
  readonly indexes: readonly { readonly definition: string }[];
  readonly foreign_keys: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly table: string;
    readonly target_columns: readonly string[];
    readonly on_delete: string;
    readonly deferrable?: string | null;
  }[];
  readonly triggers: readonly { readonly definition: string }[];
}

/** Do what the server's own trigger functions do, as far as rows show it. */
const standIns = `
  CREATE FUNCTION append_to_fts_update_log() RETURNS trigger LANGUAGE plpgsql AS
    $f$ BEGIN INSERT INTO fts_update_log (message_id) VALUES (NEW.id); RETURN NEW; END $f$;
  CREATE FUNCTION do_notify_fts_update_log() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NULL; END $f$;`;

function creation({ name, columns, primary_key: key, unique, checks }: Table): string {
  const lines = columns.map(
    (column) =>
      `${quote(column.name)} ${column.type}${column.not_null ? ' NOT NULL' : ''}${column.default === null ? '' : ` DEFAULT ${column.default}`}`,
  );
  if (key !== null) lines.push(`CONSTRAINT ${quote(key.name)} PRIMARY KEY (${quoted(key.columns)})`);
  for (const one of unique) lines.push(`CONSTRAINT ${quote(one.name)} UNIQUE (${quoted(one.columns)})${deferred(one)}`);
  for (const one of checks) lines.push(`CONSTRAINT ${quote(one.name)} ${one.definition}`);
  const fed = columns.flatMap(({ sequence, ...column }) => (sequence == null ? [] : [{ ...column, sequence }]));
  const made = fed.map(({ sequence }) => `CREATE SEQUENCE ${quote(sequence)};`);
  const owned = fed
    .filter((column) => column.sequence_owned !== false)
    .map((column) => `ALTER SEQUENCE ${quote(column.sequence)} OWNED BY ${quote(name)}.${quote(column.name)};`);
  return [...made, `CREATE TABLE ${quote(name)} (${lines.join(', ')});`, ...owned].join('\n');
}

function additions({ name, indexes, foreign_keys: keys, triggers }: Table): readonly string[] {
  return [
    ...indexes.map(({ definition }) => definition),
    ...keys.map(
      (one) =>
        `ALTER TABLE ${quote(name)} ADD CONSTRAINT ${quote(one.name)} FOREIGN KEY (${quoted(one.columns)}) ` +
        `REFERENCES ${quote(one.table)} (${quoted(one.target_columns)}) ON DELETE ${one.on_delete}${deferred(one)}`,
    ),
    ...triggers.map(({ definition }) => definition),
  ];
}

function sequences({ name, columns }: Table): string {
  const moves = columns.flatMap(({ name: column, sequence }) =>
    sequence == null
      ? []
      : [
          `SELECT setval('${quote(sequence)}', greatest(1, max(${quote(column)})), max(${quote(column)}) IS NOT NULL) FROM ${quote(name)}`,
        ],
  );
  return moves.length === 0 ? 'SELECT 1' : moves.join(';\n');
}

function deferred({ deferrable }: { readonly deferrable?: string | null }): string {
  return deferrable == null || deferrable === '' ? '' : ` DEFERRABLE ${deferrable}`;
}

async function header(file: string): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of Readable.from(createReadStream(file).pipe(createGunzip()))) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.slice(0, text.indexOf('\n')).trim().split(',');
}

function quoted(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
