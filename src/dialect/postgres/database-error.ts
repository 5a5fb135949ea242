import { FailedError, PortolanError, RefusedError, UsageError } from '../../errors/portolan-error.js';

/** What PostgreSQL and its driver tell of a failure; the shapes are the driver's, so that it need not be imported. */
interface DriverError {
  readonly code?: string | undefined;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly table?: string | undefined;
  readonly schema?: string | undefined;
  readonly constraint?: string | undefined;
  readonly routine?: string | undefined;
}

/** Facts about a constraint that the database found violated. */
export class ConstraintError extends RefusedError {
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(constraint: string | undefined, table: string | undefined, options: { detail?: string | undefined; cause?: unknown }) {
    const where = table === undefined ? '' : ` on ${table}`;
    super('CONSTRAINT_VIOLATED', `the database refused a row: constraint ${constraint ?? '(unnamed)'}${where}`, {
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
export function databaseError(cause: unknown, doing: string): PortolanError {
  if (cause instanceof PortolanError) return cause;
  const error = asDriverError(cause);
  const code = error.code ?? '';
  const detail = [error.message, error.detail].filter((text) => text !== undefined && text !== '').join(' · ');
  const options = { detail, cause };
  if (code.startsWith('23')) return new ConstraintError(error.constraint, error.table, options);
  if (code === '40001' || code === '40P01') {
    return new RefusedError('CONCURRENT_CHANGE', `${doing}: another transaction changed the same rows`, {
      ...options,
      hint: 'Nothing was written. Run it again.',
    });
  }
  if (code === '42501') {
    if (/row-level security|row security/u.test(error.message)) return rowSecurity(error, options);
    const what = /for (table|schema|sequence|relation|view) (\S+)/u.exec(error.message);
    const on = what === null ? '' : ` for ${what[1] ?? ''} ${what[2] ?? ''}`;
    return new FailedError('PERMISSION_DENIED', `${doing}: permission denied${on}`, {
      ...options,
      hint: 'Grant the role of the connection what it needs (SELECT to export; SELECT, INSERT, UPDATE to import), or leave the table out.',
    });
  }
  if (code === '22P02' || code === '22003' || code === '22007' || code === '22008') {
    return new UsageError('INVALID_VALUE', `${doing}: a value is not valid for its type`, options);
  }
  if (code === '57014') return new FailedError('CANCELED', `${doing}: canceled`, options);
  if (isConnectionLoss(code, error.message)) {
    return new FailedError('CONNECTION_LOST', `${doing}: the connection to the database was lost`, {
      ...options,
      hint: 'Nothing was committed. Check the server and its log, and run it again.',
    });
  }
  return new FailedError('DATABASE_ERROR', `${doing}: the database refused a statement (SQLSTATE ${code === '' ? 'unknown' : code})`, {
    ...options,
    hint: 'Run it with --verbose to see the message of the database.',
  });
}

function rowSecurity(error: DriverError, options: { detail: string; cause: unknown }): RefusedError {
  const table = /table "([^"]+)"/u.exec(error.message)?.[1] ?? error.table ?? 'a table';
  return new RefusedError('ROW_SECURITY', `a row security policy would hide rows of ${table}`, {
    ...options,
    hint: 'Connect as its owner or as a role with BYPASSRLS: an export with hidden rows would not be whole.',
  });
}

function isConnectionLoss(code: string, message: string): boolean {
  if (/^(08|57P0)/u.test(code) || ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ETIMEDOUT'].includes(code)) return true;
  return /connection terminated|not queryable|connection ended|client was closed|socket/iu.test(message);
}

function asDriverError(cause: unknown): DriverError {
  if (cause instanceof Error) return cause as Error & DriverError;
  return { message: String(cause) };
}
