import { FailedError, PortolanError, RefusedError, UsageError } from '../../errors/portolan-error.js';
import type { ServerFacts } from '../session.js';
import { quoteIdentifier } from './sql.js';

/** What PostgreSQL and its driver tell of a failure; the shapes are the driver's, so that it need not be imported. */
interface DriverError {
  readonly code?: string | undefined;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly table?: string | undefined;
  readonly schema?: string | undefined;
  readonly constraint?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  /** Set where it happened inside of something: a function of the database, a line of COPY. */
  readonly where?: string | undefined;
  /** The server's function that raised it: the same in every language of messages. */
  readonly routine?: string | undefined;
}

const longestStatement = 2000;

/** Facts about a constraint that the database found violated. */
export class ConstraintError extends RefusedError {
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(error: DriverError, options: { detail?: string | undefined; cause?: unknown }) {
    const { constraint } = error;
    const table = tableOf(error);
    super('CONSTRAINT_VIOLATED', `the database refused a row: ${violated(error)}${table === undefined ? '' : ` on ${table}`}`, {
      ...options,
      hint: 'Nothing was written. With --verbose the message of the database is shown.',
    });
    this.constraint = constraint;
    this.table = table;
  }
}

/**
 * The error of the driver as one of ours. Its text can hold row values, and goes into `detail` only.
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function databaseError(cause: unknown, doing: string, server?: ServerFacts, statement?: string): PortolanError {
  if (cause instanceof PortolanError) return cause;
  const error = asDriverError(cause);
  const code = error.code ?? '';
  const told = [error.message, error.detail].filter((text) => text !== undefined && text !== '').join(' · ');
  const detail = statement === undefined ? told : `${told}\nSQL: ${shortened(statement)}`;
  const options = { detail, cause };
  if (code.startsWith('23')) return new ConstraintError(error, options);
  switch (isRaised(error) && !codesForAll.has(code) ? 'P0001' : code) {
    case '40001':
    case '40P01':
      return concurrentChange(doing, server?.standby === true, options);
    case '42501':
      if (error.where !== undefined) return deniedWithin(doing, options);
      return /row.level security|row security/iu.test(error.message) || error.routine === 'check_enable_rls'
        ? rowSecurity(error, options)
        : permissionDenied(error, doing, { user: server?.user, statement }, options);
    case 'P0001':
      return new RefusedError('CONSTRAINT_VIOLATED', `${doing}: ${raisedBy(error)} refused it`, {
        ...options,
        hint: 'Nothing was written. With --verbose its message is shown.',
      });
    case '25006':
      return readOnlyDatabase(doing, options);
    case '22001':
    case '22P02':
    case '22P05':
    case '22003':
    case '22007':
    case '22008':
    case '22021':
      return new UsageError('INVALID_VALUE', `${doing}: a value is not valid for its type`, options);
    case '57014':
      return new FailedError('CANCELED', `${doing}: canceled`, options);
    case '42P01':
    case '42703':
    case '42883':
    case '3F000':
      // These name identifiers only, unless a trigger took a value for one.
      if (error.where !== undefined) break;
      return new FailedError('DATABASE_ERROR', `${doing}: ${error.message}`, {
        ...options,
        hint: 'Check the SQL in the policy, and that nobody changes tables while the command runs.',
      });
  }
  if (isConnectionLoss(code, error.message)) {
    return new FailedError('CONNECTION_LOST', `${doing}: the connection to the database was lost`, {
      ...options,
      hint: 'Nothing was committed. Check the server and its log, and run it again.',
    });
  }
  return new FailedError('DATABASE_ERROR', `${doing}: the database refused a statement (${stateOf(code)})`, {
    ...options,
    hint: 'Run it with --verbose to see the message of the database.',
  });
}

export function readOnlyDatabase(
  doing: string,
  options: { readonly detail?: string | undefined; readonly cause?: unknown } = {},
): FailedError {
  return new FailedError('READ_ONLY_DATABASE', `${doing}: the server only lets itself be read`, {
    ...options,
    hint: 'It is a standby, or its default is read-only: connect to the primary to import.',
  });
}

/** Whoever raises these means what they mean everywhere: no right, another transaction. */
const codesForAll: ReadonlySet<string> = new Set(['40001', '40P01', '42501', '57014']);

/** By RAISE in a PL/pgSQL function, with whatever code. */
function isRaised({ routine }: DriverError): boolean {
  return routine === 'exec_stmt_raise';
}

/** NOT NULL is no constraint with a name: a column has it, or a domain. */
function violated({ code, constraint, column, dataType, where }: DriverError): string {
  if (code !== '23502') return constraint === undefined ? raisedBy({ where }) : `constraint ${constraint}`;
  return column === undefined ? `NULL in the domain ${dataType ?? ''}` : `NULL in column ${column}`;
}

/** Who raised an error of its own; a function's name and the types of its arguments are no values. */
function raisedBy({ where }: Pick<DriverError, 'where'>): string {
  const [, name] = /^PL\/pgSQL function ([^\s(]+\([^)]*\))/u.exec(where ?? '') ?? [];
  return name === undefined ? 'a trigger or function of the database' : `the function ${name} of the database`;
}

/** A statement can carry megabytes of keys. */
function shortened(statement: string): string {
  return statement.length <= longestStatement ? statement : `${statement.slice(0, longestStatement)} …`;
}

interface Options {
  readonly detail: string;
  readonly cause: unknown;
}

function concurrentChange(doing: string, standby: boolean, options: Options): RefusedError {
  return standby
    ? new RefusedError('CONCURRENT_CHANGE', `${doing}: the standby removed rows that were still being read`, {
        ...options,
        hint: 'Set hot_standby_feedback or raise max_standby_streaming_delay there, or read from the primary.',
      })
    : new RefusedError('CONCURRENT_CHANGE', `${doing}: another transaction changed the same rows`, {
        ...options,
        hint: 'Nothing was written. Run it again.',
      });
}

/** What the owner has to grant, by what the server calls the thing. */
const grants: Readonly<Record<string, string>> = Object.freeze({
  table: 'SELECT, INSERT, UPDATE ON',
  view: 'SELECT ON',
  sequence: 'SELECT, UPDATE ON SEQUENCE',
  schema: 'USAGE ON SCHEMA',
  database: 'TEMPORARY ON DATABASE',
  function: 'EXECUTE ON FUNCTION',
  type: 'USAGE ON TYPE',
});

/** Messages in another language than English are not taken apart: their last word names the thing. */
function permissionDenied(
  error: DriverError,
  doing: string,
  { user, statement = '' }: { readonly user: string | undefined; readonly statement: string | undefined },
  options: Options,
): FailedError {
  const [, kind = '', thing = ''] =
    /^permission denied for ([a-z]+) (.+)$/u.exec(error.message) ??
    /^permission denied to create temporary tables in (database) "(.+)"$/u.exec(error.message) ??
    [];
  const name = withSchema(thing, statement);
  const right = grants[kind];
  const on = kind === '' ? ` (${/\S+$/u.exec(error.message)?.[0] ?? 'something'})` : ` for ${kind} ${name}`;
  const role = user === undefined ? 'the role of the connection' : quoteIdentifier(user);
  return new FailedError('PERMISSION_DENIED', `${doing}: permission denied${on}`, {
    ...options,
    hint:
      right === undefined
        ? `Give ${role} the rights that it lacks: SELECT to export; SELECT, INSERT and UPDATE to import; DELETE, too, to delete, to undo and to claim.`
        : `Let its owner say: GRANT ${right} ${name} TO ${role}${kind === 'table' ? ' (SELECT is enough for an export; what deletes, undo and claim among it, wants DELETE, too), or leave the table out' : ''}`,
  });
}

/** The server names a table without its schema; every statement of ours names both, and one that names several of that name tells them all. */
function withSchema(name: string, statement: string): string {
  const table = quoteIdentifier(name);
  const quoted = statement.matchAll(/("(?:[^"]|"")*")\.("(?:[^"]|"")*")/gu);
  const schemas = new Set([...quoted].flatMap(([, schema, other]) => (schema === undefined || other !== table ? [] : [schema])));
  return schemas.size === 0 ? name : [...schemas].map((schema) => `${shownName(schema)}.${shownName(table)}`).join(', ');
}

/** As people write it: without quotes where none are needed. */
function shownName(quoted: string): string {
  return /^"[a-z_][a-z0-9_]*"$/u.test(quoted) ? quoted.slice(1, -1) : quoted;
}

/** A trigger or a function denied it, maybe in words of its own. */
function deniedWithin(doing: string, options: Options): FailedError {
  return new FailedError('PERMISSION_DENIED', `${doing}: a trigger or function of the database denied it`, {
    ...options,
    hint: 'Run it with --verbose to see the message of the database.',
  });
}

function rowSecurity(error: DriverError, options: Options): RefusedError {
  const table = /"([^"]+)"/u.exec(error.message)?.[1] ?? error.table ?? 'a table';
  return new RefusedError('ROW_SECURITY', `a row security policy would hide rows of ${table}`, {
    ...options,
    hint: 'Connect as its owner or as a role with BYPASSRLS: hidden rows would be missing from an export, and in the way of an import.',
  });
}

function tableOf({ schema, table }: DriverError): string | undefined {
  return schema === undefined || table === undefined ? table : `${schema}.${table}`;
}

function stateOf(code: string): string {
  if (code.startsWith('53')) return `SQLSTATE ${code}: it has no disk, memory or connections left`;
  return code === '' ? 'without a code' : `SQLSTATE ${code}`;
}

const lossCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ENOTFOUND',
]);

function isConnectionLoss(code: string, message: string): boolean {
  if (/^(08|57P0|58)/u.test(code) || lossCodes.has(code)) return true;
  return code === '' && /connection terminated|not queryable|connection ended|client was closed|socket/iu.test(message);
}

function asDriverError(cause: unknown): DriverError {
  if (cause instanceof Error) return cause;
  return { message: String(cause) };
}
