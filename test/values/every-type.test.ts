import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import { exportObjects, importObjects, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { extremeTexts, withoutInput } from './extreme-texts.js';
import { serverMajor } from '../support/needs-server.js';

const settings = [
  ['UTC', 'ISO, MDY', 'postgres_verbose', 'hex'],
  ['America/New_York', 'German, DMY', 'sql_standard', 'escape'],
  ['Asia/Kathmandu', 'SQL, YMD', 'iso_8601', 'escape'],
] as const;

type Settings = (typeof settings)[number];

/** From the most to the least peculiar; every server has at least two of them. */
const knownLocales = ['de_DE.UTF-8', 'en_US.UTF-8', 'C', 'C.UTF-8'];

const entity = new EntitySchema<{ id: number }>(
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
  { name: 'specimen', tableName: 'specimen', columns: { id: { type: 'integer', primary: true } } },
);

describe('every type that PostgreSQL ships', () => {
  let types: readonly string[];
  let columns: readonly { readonly name: string; readonly type: string; readonly send: string }[];
  let locales: readonly string[];
  /** For row `at` of a type; NULL where it has none left. */
  let textOf: (type: string, at: number) => string | null;
  const archives: Buffer[] = [];
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-types-'));
    const any = await createDatabase();
    const found = await any.query(
      `SELECT t.typname::text AS name, t.typsend::regproc::text AS send FROM pg_type t
       WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 OR t.typname IN ('name', 'point', 'lseg', 'box', 'line', 'oidvector', 'int2vector')
       ORDER BY 1`,
    );
    const usable = found.filter((row) => !withoutInput.test(String(row['name'])));
    types = usable.map((row) => String(row['name']));
    columns = usable.flatMap((row) => {
      const name = String(row['name']);
      const send = String(row['send']);
      const own = { name: `c_${name}`, type: `pg_catalog."${name}"`, send };
      return [own, { name: `a_${name}`, type: `${own.type}[]`, send: 'array_send' }];
    });
    const hasInfiniteNumerics = (await serverMajor()) >= 14;
    textOf = (type, at) => {
      const text = extremeTexts[type]?.[at] ?? null;
      return type === 'numeric' && !hasInfiniteNumerics && text?.endsWith('Infinity') === true ? '0' : text;
    };
    const has = (locale: string): Promise<boolean> =>
      any.query("SELECT set_config('lc_monetary', $1, true)", [locale]).then(
        () => true,
        () => false,
      );
    const available = await Promise.all(knownLocales.map(has));
    locales = knownLocales.filter((_, at) => available[at]);
    await any.drop();
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** It stands in that zone, speaks that locale, and has an empty table of all the types. */
  async function databaseOf([timezone, datestyle, intervalstyle, bytes]: Settings, locale: string): Promise<TestDatabase> {
    const definitions = columns.map(({ name, type }) => `"${name}" ${type}`);
    const sql = `CREATE TABLE specimen (id integer PRIMARY KEY, ${definitions.join(', ')})`;
    const database = await createDatabase({ locale: `LOCALE '${locale}'`, sql });
    for (const [name, value] of Object.entries({
      timezone,
      datestyle,
      intervalstyle,
      bytea_output: bytes,
      lc_monetary: locale,
      lc_numeric: locale,
      lc_time: locale,
      extra_float_digits: '-15',
      search_path: 'pg_catalog',
    })) {
      await database.query(`ALTER DATABASE "${database.name}" SET ${name} = '${value}'`);
    }
    return database;
  }

  /** A row for each text of the type with the most, and one of empty arrays. */
  async function fill(database: TestDatabase): Promise<readonly string[]> {
    const most = Math.max(...Object.values(extremeTexts).map((texts) => texts.length));
    const rows = Array.from({ length: most + 1 }, (_, at) => at);
    const literals = rows.map((at) => {
      const texts = types.flatMap((type) => {
        const text = textOf(type, at);
        const array = [text, null, textOf(type, 0) ?? text];
        return [text, at === most ? '{}' : text === null ? null : arrayOf(array, type === 'box' ? ';' : ',')];
      });
      // A literal goes through the type's input function, which takes more than a cast from text.
      return columns.map(({ type }, place) => {
        const text = texts[place] ?? null;
        return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'::${type}`;
      });
    });
    const inserts = rows.map((at) => `INSERT INTO public.specimen VALUES (${String(at)}, ${(literals[at] ?? []).join(', ')})`);
    // Another locale would read money in its own way.
    await database.query(`BEGIN; SET LOCAL lc_monetary = 'C'; ${inserts.join(';')}; COMMIT`);
    return rows.map((at) => `specimen.${String(at)}`);
  }

  /** All values in their binary form. */
  function binary(database: TestDatabase): Promise<Record<string, unknown>[]> {
    const sent = columns.map(({ name, send }) => {
      // A few types have no binary form: their text is compared.
      return send === '-' || name === 'a_aclitem'
        ? `"${name}"::text`
        : `encode(pg_catalog.record_send(ROW("${name}")), 'hex') AS "${name}"`;
    });
    return database.query(`SELECT id, ${sent.join(', ')} FROM public.specimen ORDER BY id`);
  }

  it('has values here', () => {
    expect(types.filter((name) => extremeTexts[name] === undefined)).to.deep.equal([]);
  });

  it('is tried in at least two locales', () => {
    expect(locales).to.have.length.at.least(2);
  });

  settings.forEach((here, place) => {
    const there = settings[(place + 1) % settings.length] ?? here;
    it(`comes back as it was, alone and in arrays, from ${here.join(' · ')} to ${there.join(' · ')}`, async () => {
      const localeAt = (one: number): string => locales[one % locales.length] ?? 'C';
      const source = await databaseOf(here, localeAt(place));
      const target = await databaseOf(there, localeAt(place + 1));
      const from = await new DataSource({ type: 'postgres', url: source.url, schema: 'public', entities: [entity] }).initialize();
      const to = await new DataSource({ type: 'postgres', url: target.url, schema: 'public', entities: [entity] }).initialize();
      try {
        const archive = join(folder, `types-${String(place)}.json`);
        const objects = await fill(source);
        await exportObjects(from, { objects, output: archive, reproducible: true });
        await verifyArchive(archive);
        archives.push(readFileSync(archive));
        expect((await importObjects(to, { archive })).status).to.equal('done');
        expect(await binary(target)).to.deep.equal(await binary(source));
      } finally {
        await from.destroy();
        await to.destroy();
        await source.drop();
        await target.drop();
      }
    });
  });

  it('makes the same bytes in all of them', () => {
    expect(archives).to.have.length(settings.length);
    for (const archive of archives) expect(archive.equals(archives[0] ?? Buffer.alloc(0))).to.equal(true);
  });
});

function arrayOf(texts: readonly (string | null)[], delimiter: string): string {
  return `{${texts.map((text) => (text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)).join(delimiter)}}`;
}
