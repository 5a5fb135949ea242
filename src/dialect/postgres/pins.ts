import { quoteLiteral } from './sql.js';

/**
 * As pg_dump pins its session: what comes out depends on the data alone, whatever the role, the database or the
 * server has set (design.md §2). All of it ends with the transaction, so that a pooled connection goes back as it was.
 */
const pins: readonly Pin[] = [
  // Names in statements are written out; only pg_catalog is searched.
  { name: 'search_path', value: '' },
  { name: 'timezone', value: 'UTC' },
  { name: 'datestyle', value: 'ISO, MDY' },
  { name: 'intervalstyle', value: 'postgres' },
  { name: 'extra_float_digits', value: '1' },
  { name: 'bytea_output', value: 'hex' },
  { name: 'xmloption', value: 'content' },
  { name: 'lc_monetary', value: 'C' },
  { name: 'client_encoding', value: 'UTF8' },
  { name: 'standard_conforming_strings', value: 'on' },
  { name: 'quote_all_identifiers', value: 'off' },
  { name: 'array_nulls', value: 'on' },
  { name: 'transform_null_equals', value: 'off' },
  // A policy that would hide rows is an error, not a gap.
  { name: 'row_security', value: 'off' },
  { name: 'statement_timeout', value: '0' },
  { name: 'lock_timeout', value: '0' },
  { name: 'idle_in_transaction_session_timeout', value: '0' },
  { name: 'transaction_timeout', value: '0', since: 170000 },
  // Literal sets of keys make statements look expensive: compiling them costs more than it saves.
  { name: 'jit', value: 'off' },
  // A parallel plan is sent to each worker as text, and the keys in it: that takes longer than the scan.
  { name: 'max_parallel_workers_per_gather', value: '0' },
];

interface Pin {
  readonly name: string;
  readonly value: string;
  /** `server_version_num` from which on the setting exists. */
  readonly since?: number;
}

/** One statement that pins the transaction it runs in. */
export function pinStatement(version: number): string {
  const calls = pins
    .filter((pin) => version >= (pin.since ?? 0))
    .map((pin) => `pg_catalog.set_config(${quoteLiteral(pin.name)}, ${quoteLiteral(pin.value)}, true)`);
  return `SELECT ${calls.join(', ')}`;
}
