import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import { exportObjects, importObjects, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

/** Extreme texts of every type that PostgreSQL ships and that takes input. */
const values: Readonly<Record<string, readonly string[]>> = {
  bool: ['t', 'f'],
  int2: ['-32768', '32767', '0'],
  int4: ['-2147483648', '2147483647'],
  int8: ['-9223372036854775808', '9223372036854775807', '9007199254740992', '9007199254740993', '1000000000000000'],
  oid: ['0', '4294967295'],
  float4: ['NaN', 'Infinity', '-Infinity', '-0', '1.1754944e-38', '3.4028235e+38', '0.1'],
  float8: ['NaN', 'Infinity', '-Infinity', '-0', '5e-324', '1.7976931348623157e+308', '0.1', '1e21', '123456789012345680000'],
  numeric: ['NaN', 'Infinity', '-Infinity', '0', '0.000', '1.10', '-0.5', `${'9'.repeat(1000)}.${'1'.repeat(1000)}`, '1e-20'],
  money: ['-92233720368547758.08', '92233720368547758.07'],
  text: ['', 'NULL', '\\N', '\\', '\t\n\r\b\f\v', '"quoted"', '\u0001\u001f\u007f', '\u2028', 'é😀', '{1,2}', 'null', "it's"],
  varchar: ['', ' x ', '\\.'],
  bpchar: ['', 'a ', '  b'],
  char: ['x', '\\'],
  name: ['', 'a"b', 'x'.repeat(63)],
  bytea: ['\\x', `\\x${Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0')).join('')}`],
  date: ['-infinity', 'infinity', '4713-01-01 BC', '0001-01-01', '5874897-12-31', '2020-02-29'],
  time: ['00:00:00', '24:00:00', '23:59:59.999999'],
  timetz: ['00:00:00+15:59', '24:00:00-15:59', '12:34:56.123456+00'],
  timestamp: ['-infinity', 'infinity', '4713-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999', '2020-03-29 02:30:00.123456'],
  timestamptz: [
    '-infinity',
    'infinity',
    '4713-01-01 00:00:00+00 BC',
    '294276-12-31 23:59:59.999999+00',
    '2020-10-25 00:30:00.123456+00',
  ],
  interval: ['-178000000 years', '1 mon -1 days 00:00:00.000001', '-00:00:01', '0', '1 year 2 mons 3 days 04:05:06.789'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  json: ['null', '{"b":1, "a":2,"b":3}', '12345678901234567890.1230', ' [1 , 2] ', '"\\u0041"'],
  jsonb: ['null', '{"b": 1, "a": 12345678901234567890.1230}', '[]', '"\\"\\\\"'],
  jsonpath: ['$."a"[*]?(@."b" > 1)'],
  xml: ['<a b="c">d</a>', 'text & more'.replace('&', '&amp;')],
  inet: ['0.0.0.0/0', '255.255.255.255', '::1', 'fe80::1/64'],
  cidr: ['10.0.0.0/8', '2001:db8::/32'],
  macaddr: ['08:00:2b:01:02:03'],
  macaddr8: ['08:00:2b:01:02:03:04:05'],
  bit: ['1', '0'],
  varbit: ['', '10101'],
  point: ['(1.5,-2)', '(Infinity,NaN)'],
  line: ['{1,-1,0}'],
  lseg: ['[(0,0),(1,1)]'],
  box: ['(2,2),(0,0)'],
  path: ['((0,0),(1,1))', '[(0,0),(1,1)]'],
  polygon: ['((0,0),(1,1),(1,0))'],
  circle: ['<(1,2),3>'],
  tsvector: ["'a':1A 'cat''s':2"],
  tsquery: ["'a' & !'b'"],
  pg_lsn: ['0/0', 'FFFFFFFF/FFFFFFFF'],
  pg_snapshot: ['10:20:10,14'],
  txid_snapshot: ['10:20:10,14'],
  xid: ['4294967295'],
  xid8: ['18446744073709551615'],
  cid: ['4294967295'],
  tid: ['(4294967295,65535)'],
  oidvector: ['1 2 3'],
  int2vector: ['1 -2 3'],
  aclitem: ['=r/postgres'],
  refcursor: ['c'],
  regclass: ['pg_class', '-'],
  regtype: ['integer', 'character varying'],
  regproc: ['now'],
  regprocedure: ['abs(integer)'],
  regoper: ['pg_catalog.||/'],
  regoperator: ['+(integer,integer)'],
  regrole: ['-'],
  regnamespace: ['pg_catalog'],
  regconfig: ['simple'],
  regdictionary: ['simple'],
  regcollation: ['"C"'],
  regdatabase: ['template1'],
  int4range: ['empty', '(,)', '[1,5)', '[-2147483648,)'],
  int8range: ['empty', '[1,9223372036854775807)'],
  numrange: ['[1.10,2)', '(,NaN)'],
  tsrange: ['["2020-01-01 00:00:00","2020-01-01 00:00:00.000001")', '(-infinity,infinity)'],
  tstzrange: ['["2020-10-25 00:30:00+00",)'],
  daterange: ['[2020-01-01,2020-02-01)', '[-infinity,infinity)'],
  int4multirange: ['{}', '{[1,2),[5,7)}'],
  int8multirange: ['{[1,2)}'],
  nummultirange: ['{(,1.5]}'],
  tsmultirange: ['{["2020-01-01 00:00:00","2020-01-02 00:00:00")}'],
  tstzmultirange: ['{["2020-01-01 00:00:00+00",)}'],
  datemultirange: ['{[2020-01-01,2020-02-01)}'],
};

/** They have no input, or none that a user can give. */
const without = /^(pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list|pg_brin_.*|gtsvector|pg_ddl_command)$/u;

const settings = [
  ['UTC', 'ISO, MDY'],
  ['America/New_York', 'German, DMY'],
  ['Asia/Kathmandu', 'SQL, YMD'],
] as const;

const entity = new EntitySchema<{ id: number }>(
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
  { name: 'specimen', tableName: 'specimen', columns: { id: { type: 'integer', primary: true } } },
);

describe('every type that PostgreSQL ships', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let types: readonly string[];
  let columns: readonly { readonly name: string; readonly type: string; readonly send: string }[];
  const folder = mkdtempSync(join(tmpdir(), 'portolan-types-'));

  before(async () => {
    source = await createDatabase();
    target = await createDatabase();
    const found = await source.query(
      `SELECT t.typname::text AS name, t.typsend::regproc::text AS send FROM pg_type t
       WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 OR t.typname IN ('name', 'point', 'lseg', 'box', 'line', 'oidvector', 'int2vector')
       ORDER BY 1`,
    );
    const usable = found.filter((row) => !without.test(String(row['name'])));
    types = usable.map((row) => String(row['name']));
    columns = usable.flatMap((row) => {
      const name = String(row['name']);
      const send = String(row['send']);
      const own = { name: `c_${name}`, type: `pg_catalog."${name}"`, send };
      return [own, { name: `a_${name}`, type: `${own.type}[]`, send: 'array_send' }];
    });
    const definitions = columns.map(({ name, type }) => `"${name}" ${type}`);
    const sql = `CREATE TABLE specimen (id integer PRIMARY KEY, ${definitions.join(', ')})`;
    await source.query(sql);
    await target.query(sql);
    const most = Math.max(...Object.values(values).map((texts) => texts.length));
    for (let at = 0; at <= most; at += 1) {
      const texts = types.flatMap((name) => {
        const own = values[name] ?? [];
        const text = own[at] ?? null;
        return [
          text,
          at === most ? '{}' : text === null ? null : arrayOf([text, null, own[0] ?? text], name === 'box' ? ';' : ','),
        ];
      });
      // A literal goes through the type's input function, which takes more than a cast from text.
      const literals = columns.map(({ type }, place) => {
        const text = texts[place] ?? null;
        return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'::${type}`;
      });
      await source.query(`INSERT INTO specimen VALUES (${String(at)}, ${literals.join(', ')})`);
    }
  });

  after(async () => {
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  it('has values here', () => {
    expect(types.filter((name) => values[name] === undefined)).to.deep.equal([]);
  });

  settings.forEach(([timeZone, dateStyle], place) => {
    it(`comes back as it was, alone and in arrays, where the database says ${timeZone} and ${dateStyle}`, async () => {
      for (const database of [source, target]) {
        const { name } = database;
        await database.query(
          `ALTER DATABASE "${name}" SET timezone = '${timeZone}'; ALTER DATABASE "${name}" SET datestyle = '${dateStyle}'`,
        );
        await database.query(
          `ALTER DATABASE "${name}" SET extra_float_digits = -15; ALTER DATABASE "${name}" SET bytea_output = 'escape'`,
        );
        await database.query(
          `ALTER DATABASE "${name}" SET intervalstyle = 'sql_standard'; ALTER DATABASE "${name}" SET search_path = pg_catalog`,
        );
      }
      await target.query('TRUNCATE public.specimen');
      const from = await new DataSource({ type: 'postgres', url: source.url, schema: 'public', entities: [entity] }).initialize();
      const to = await new DataSource({ type: 'postgres', url: target.url, schema: 'public', entities: [entity] }).initialize();
      try {
        const archive = join(folder, `types-${String(place)}.json`);
        const ids = (await source.query('SELECT id FROM public.specimen')).map((row) => `specimen.${String(row['id'])}`);
        await exportObjects(from, { objects: ids, output: archive });
        await verifyArchive(archive);
        const result = await importObjects(to, { archive });
        expect(result.status).to.equal('done');
      } finally {
        await from.destroy();
        await to.destroy();
      }
      const sent = columns.map(({ name, send }) => {
        // A few types have no binary form: their text is compared.
        return send === '-' || name === 'a_aclitem'
          ? `"${name}"::text`
          : `encode(pg_catalog.record_send(ROW("${name}")), 'hex') AS "${name}"`;
      });
      const binary = `SELECT id, ${sent.join(', ')} FROM public.specimen ORDER BY id`;
      expect(await target.query(binary)).to.deep.equal(await source.query(binary));
    });
  });
});

function arrayOf(texts: readonly (string | null)[], delimiter: string): string {
  return `{${texts.map((text) => (text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)).join(delimiter)}}`;
}
