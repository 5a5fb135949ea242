import { FailedError, PortolanError } from '../../errors/portolan-error.js';

/** Where a connection was to go; never the password. */
export interface ConnectionTarget {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
}

const reasons: Readonly<Record<string, string>> = Object.freeze({
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOENT: 'there is no such socket',
  EACCES: 'the socket may not be opened',
  '28P01': 'the password is wrong',
  '28000': 'the server does not let this user in',
  '3D000': 'the database does not exist',
  '42501': 'the user may not connect to the database',
  '53300': 'the server has too many connections',
  '57P03': 'the server is starting up or shutting down',
});

/** Messages of the driver that have no code. None of them holds a secret. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/iu, 'the server has no SSL'],
  [/no pg_hba\.conf entry/iu, 'the server does not let this user in from here'],
  [/certificate|self.signed|SSL|TLS/iu, 'SSL failed'],
  [/password must be a string|no password supplied/iu, 'it wants a password and none is given'],
  [/timeout|timed out/iu, 'it does not answer'],
  [/terminated unexpectedly|ECONNRESET|hang up/iu, 'it closed the connection'],
];

/** Whether an error came from reaching for the server, and not from what was done with the connection. */
export function isConnectionError(cause: unknown): boolean {
  return refusedParameter(cause) !== undefined || reasonOf(cause) !== undefined;
}

/** That no connection could be had: NO_CONNECTION, with the place and the reason. */
export function connectionError(cause: unknown, target: ConnectionTarget): PortolanError {
  if (cause instanceof PortolanError) return cause;
  const parameter = refusedParameter(cause);
  if (parameter !== undefined) return poolerError(cause, parameter);
  const place = `${target.host ?? 'localhost'}:${String(target.port ?? 5432)}`;
  const whom = `database ${target.database ?? '(default)'}, user ${target.user ?? '(default)'}`;
  return new FailedError('NO_CONNECTION', `no connection to PostgreSQL at ${place}, ${whom}: ${reasonOf(cause) ?? 'it failed'}`, {
    hint: 'Check that the server runs and the connection in the data source, or give another with --url.',
    detail: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

/** PgBouncer keeps no setting of a connection that it does not know. */
function refusedParameter(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return /^unsupported startup parameter(?: in options)?: (\w+)/u.exec(cause.message)?.[1];
}

function poolerError(cause: unknown, parameter: string): PortolanError {
  return new FailedError('NO_CONNECTION', `a pooler does not take the startup parameter "${parameter}" of the data source`, {
    hint: 'Leave it out of the data source, connect to the server itself with --url, or add it to ignore_startup_parameters of PgBouncer.',
    detail: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}

function reasonOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as { readonly code?: unknown };
  if (typeof code === 'string' && Object.hasOwn(reasons, code)) return reasons[code];
  // A name with several addresses fails with one error for each.
  const [first] = cause instanceof AggregateError ? (cause.errors as readonly unknown[]) : [];
  if (first !== undefined) return reasonOf(first);
  return wordings.find(([pattern]) => pattern.test(cause.message))?.[1];
}
