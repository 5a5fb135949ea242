import { PortolanError, RefusedError } from '../errors/portolan-error.js';

interface DataError {
  readonly code?: string;
  /** `COPY book, line 3, column title: "…"`: what follows the column is a value. */
  readonly where?: string;
}

/** What the database says of a value that a column does not take, as a refusal that names the column; any other error as it is. */
export function valueRefused(error: unknown, model: string): unknown {
  // A trigger may say the same in a code of these, of a value that the column takes.
  if (!(error instanceof PortolanError) || error.code === 'CONSTRAINT_VIOLATED') return error;
  const { code, where } = (error.cause ?? {}) as DataError;
  if (code?.startsWith('22') !== true) return error;
  const column = /^COPY .*?, line \d+, column ([^:\n]+)/u.exec(where ?? '')?.[1];
  const name = column === undefined ? model : `${model}.${column}`;
  return new RefusedError('VALUE_REFUSED', `${name}: the target does not take a value of the archive (SQLSTATE ${code})`, {
    cause: error.cause,
    detail: error.detail,
    hint: 'Nothing was written. Give the column of the target a type that holds it, or edit the archive (then: portolan verify --reseal).',
  });
}
