import type { ArchiveEntity, ArchiveObject } from '../archive/archive.js';
import { arrayLiteral, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session, TextRow } from '../dialect/session.js';
import { PortolanError, RefusedError } from '../errors/portolan-error.js';
import { keyText, memberText } from '../values/object-values.js';
import type { ComputedColumn, ExpressionType } from './conversion.js';
import { converterInvalid } from './converter-invalid.js';
import type { DescribedType } from './describe-types.js';
import { describeTypes } from './describe-types.js';

/** No table of an application has such a column. */
const rowNumber = '"portolan: row"';

/** A column of archived rows in which expressions are evaluated. */
interface StagedColumn {
  readonly member: string;
  readonly name: string;
  readonly type: string;
  readonly inKey: boolean;
}

export interface Constant {
  readonly text: string | null;
  readonly type: ExpressionType;
}

export type Evaluator = (objects: readonly ArchiveObject[]) => Promise<readonly TextRow[]>;

/** The database of the target evaluates the SQL of converters, over archived rows that are handed to it set by set. */
export class Expressions {
  readonly #open: () => Promise<Session>;

  /** @param open gives a session that only reads */
  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  /**
   * What comes of an expression over the rows of a model.
   *
   * @param wanted the type that it is to be made, where anybody says so
   * @throws UsageError CONVERTER_INVALID where the database does not understand it
   */
  async typeOf(entity: ArchiveEntity, sql: string, wanted: string | undefined, where: string): Promise<ExpressionType> {
    const session = await this.#open();
    const columns = await stagedColumns(session, entity, [sql]);
    const typed = `SELECT pg_catalog.format_type(pg_catalog.pg_typeof((SELECT (${sql}) FROM ${source(columns)} AS archive)), NULL)`;
    const [[own = null] = []] = await this.#asked(session, typed, columns, where);
    const types = await describeTypes(session, [own ?? '', ...(wanted === undefined ? [] : [wanted])]);
    const mine = typeNamed(types, own ?? '', where);
    if (wanted === undefined || wanted === own) return { type: own ?? '', kind: mine.kind, provenBy: undefined };
    const type: ExpressionType = {
      type: wanted,
      kind: typeNamed(types, wanted, where).kind,
      provenBy: mine.hasEquality ? (own ?? '') : undefined,
    };
    await this.#asked(session, evaluation([{ sql, type }], columns), columns, where);
    return type;
  }

  /** A value, or NULL, as the server writes one of that type. @throws UsageError CONVERTER_INVALID where it is none */
  async constant(text: string | null, wanted: string, where: string): Promise<Constant> {
    const session = await this.#open();
    const { base, kind, hasEquality } = typeNamed(await describeTypes(session, [wanted]), wanted, where);
    const type: ExpressionType = { type: wanted, kind, provenBy: hasEquality ? base : undefined };
    const sql = evaluation([{ sql: `${text === null ? 'NULL' : quoteLiteral(text)}::${base}`, type }], []);
    const [[value = null, fits] = []] = await this.#asked(session, sql, [], where, '{NULL}');
    if (fits === 'f') throw converterInvalid(where, `the value does not fit into ${wanted}`);
    return { text: value, type };
  }

  /**
   * Computes columns of a model's objects: their texts, object by object.
   *
   * @throws RefusedError CONVERTER_FAILED for a value of which an expression makes nothing, or which the column's type would change
   */
  async evaluator(entity: ArchiveEntity, model: string, computed: readonly ComputedColumn[]): Promise<Evaluator> {
    const session = await this.#open();
    const expressions = computed.map(({ sql }) => sql);
    const columns = await stagedColumns(session, entity, expressions);
    const statement = evaluation(computed, columns);
    return async (objects) => {
      const numbers = arrayLiteral(objects.map(() => null));
      const values = columns.map(({ member, inKey }) =>
        arrayLiteral(objects.map((object) => (inKey ? keyText(object, member) : memberText(object, member)))),
      );
      const rows = await session.query(statement, [numbers, ...values], { what: 'convert objects' }).catch((error: unknown) => {
        throw failed(error, model, computed);
      });
      if (rows.length !== objects.length) throw new TypeError(`${String(rows.length)} rows of ${String(objects.length)} objects`);
      for (const row of rows) {
        const changed = computed.find((_, at) => row[at * 2 + 1] === 'f');
        if (changed !== undefined) throw changedBy(changed);
      }
      return rows.map((row) => computed.map((_, at) => row[at * 2] ?? null));
    };
  }

  /** No row is in what is asked: whatever the database says of it is about the SQL. */
  async #asked(
    session: Session,
    sql: string,
    columns: readonly StagedColumn[],
    where: string,
    rows = '{}',
  ): Promise<readonly TextRow[]> {
    try {
      return await session.query(sql, [rows, ...columns.map(() => '{}')], { what: 'understand a converter' });
    } catch (error) {
      const { code, message } = ((error as PortolanError).cause ?? {}) as { readonly code?: string; readonly message?: string };
      if (!(error instanceof PortolanError) || !/^(?:0A|22|42)/u.test(code ?? '')) throw error;
      throw converterInvalid(
        where,
        message ?? error.message,
        'Columns of the archive stand there by their names in the database.',
        error,
      );
    }
  }
}

/** The columns that expressions can mean; a type that the target has not got is text there. */
async function stagedColumns(
  session: Session,
  { columns, key }: ArchiveEntity,
  expressions: readonly string[],
): Promise<readonly StagedColumn[]> {
  const text = expressions.join('\n').toLowerCase();
  const isWhole = /\barchive\b(?!\s*\.\s*[^*\s])|u&"/u.test(text);
  const named = Object.entries(columns).filter(([, { name }]) => isWhole || isIn(text, name));
  const types = await describeTypes(
    session,
    named.map(([, { type }]) => type),
  );
  return named.map(([member, { name, type }]) => ({
    ...{ member, name, inKey: key.includes(name) },
    type: types.get(type)?.base ?? 'pg_catalog.text',
  }));
}

/** Whether a column can be meant; a quote in a name is doubled in SQL. */
function isIn(text: string, name: string): boolean {
  const plain = name.toLowerCase();
  return text.includes(plain) || text.includes(plain.replaceAll('"', '""'));
}

/** The rows as a relation: their columns come as parameters, one array of texts each, behind one that counts them. */
function source(columns: readonly StagedColumn[]): string {
  const parameters = ['$1', ...columns.map((_, at) => `$${String(at + 2)}`)].map((one) => `${one}::pg_catalog.text[]`);
  const aliases = ['n', ...columns.map((_, at) => `c${String(at)}`), 'place'];
  const selected = columns.map(({ name, type }, at) => `portolan.c${String(at)}::${type} AS ${quoteIdentifier(name)}`);
  const list = [...selected, `portolan.place AS ${rowNumber}`].join(', ');
  return `(SELECT ${list} FROM unnest(${parameters.join(', ')}) WITH ORDINALITY AS portolan(${aliases.join(', ')}))`;
}

/** By expression its text and whether the type of the column left it as it was, in the order of the rows. */
function evaluation(computed: readonly Pick<ComputedColumn, 'sql' | 'type'>[], columns: readonly StagedColumn[]): string {
  // A query within gives one value, or the database refuses it.
  const values = computed.map(({ sql }, at) => `(SELECT (${sql})) AS v${String(at)}`);
  const results = computed.flatMap(({ type: { type, provenBy } }, at) => {
    const value = `portolan.v${String(at)}`;
    const proof = provenBy === undefined ? 'true' : `(${value}::${type})::${provenBy} IS NOT DISTINCT FROM ${value}`;
    return [`${value}::${type}`, proof];
  });
  // OFFSET keeps each from being evaluated more than once.
  const rows = `SELECT ${[...values, rowNumber].join(', ')} FROM ${source(columns)} AS archive OFFSET 0`;
  return `SELECT ${results.join(', ')} FROM (${rows}) AS portolan ORDER BY portolan.${rowNumber}`;
}

function typeNamed(types: ReadonlyMap<string, DescribedType>, name: string, where: string): DescribedType {
  const found = types.get(name);
  if (found === undefined) throw converterInvalid(where, `the target has no type ${name}`);
  return found;
}

function failed(error: unknown, model: string, computed: readonly ComputedColumn[]): unknown {
  const { code } = ((error as { readonly cause?: unknown }).cause ?? {}) as { readonly code?: string };
  if (!(error instanceof PortolanError) || !/^(?:21|22|23|P0|25006)/u.test(code ?? '')) return error;
  const places = computed.map(({ where }) => where).join(', ');
  return new RefusedError(
    'CONVERTER_FAILED',
    `${model}: a value of the archive cannot be converted (SQLSTATE ${code ?? ''}) by ${places}`,
    {
      cause: error.cause,
      detail: error.detail,
      hint: 'Nothing was written. With --verbose the message of the database is shown.',
    },
  );
}

function changedBy({ where, type: { type, provenBy } }: ComputedColumn): RefusedError {
  return new RefusedError(
    'CONVERTER_FAILED',
    `${where}: ${type} would not hold a value as the expression gives it, which is ${provenBy ?? ''}`,
    { hint: `Nothing was written. Where that is meant, say so in the expression: (…)::${type}.` },
  );
}
