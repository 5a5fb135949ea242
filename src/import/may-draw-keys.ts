import { quoteIdentifier, quoteLiteral, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Plan } from './plan.js';

/** A dry run must fail where the real one would: to draw from a sequence is a right of its own. @throws FailedError PERMISSION_DENIED */
export async function mayDrawKeys(session: Session, { models }: Plan): Promise<void> {
  for (const { mapping } of models.values()) {
    const { sequence } = mapping?.newKeys?.column ?? {};
    if (mapping?.newKeys?.rule.is !== 'drawn' || mapping.fresh.size === 0 || sequence === undefined) continue;
    const name = quoteTable(sequence);
    const [row] = await session.query(`SELECT pg_catalog.has_sequence_privilege(${quoteLiteral(name)}, 'USAGE, UPDATE')`, [], {
      what: 'ask for a right',
    });
    if (row?.[0] === 't') continue;
    throw new FailedError('PERMISSION_DENIED', `no keys may be drawn from the sequence ${name}`, {
      hint: `Nothing was written. Let its owner say: GRANT USAGE ON SEQUENCE ${name} TO ${quoteIdentifier(session.server.user)}`,
    });
  }
}
