import { databaseIdentity } from '../changes/database-identity.js';
import type { JournalLine } from '../changes/journal.js';
import { journalEntity, journalHeader, journalLines } from '../changes/journal.js';
import type { Session } from '../dialect/session.js';
import type { ClaimLine } from './claim-lines.js';
import { claimLines } from './claim-lines.js';
import type { TouchedRows } from './touched-rows.js';

/** What takes a claim back, to be asked when everything is written. */
export async function claimJournal(
  session: Session,
  touched: readonly TouchedRows[],
  names: { readonly placeholder: string; readonly object: string },
): Promise<AsyncGenerator> {
  const entities = Object.fromEntries(
    touched.map(({ entity, key }) => [entity.model, journalEntity(entity, key, entity.columns)]),
  );
  const header = journalHeader({ command: 'claim', database: await databaseIdentity(session), options: { ...names }, entities });
  return journalLines(header, lines(claimLines(session, touched)));
}

/** Of a row that came, its digest is enough: that of another is none that the claim left. */
async function* lines(all: AsyncIterable<ClaimLine>): AsyncGenerator<JournalLine> {
  for await (const { model, object, pk, decision, columns, before, after, left } of all)
    yield {
      ...{ decision, model, object, pk },
      ...(columns === undefined ? {} : { columns }),
      ...(before === undefined ? {} : { before }),
      ...(decision === 'update' && after !== undefined ? { after } : {}),
      ...(left === undefined ? {} : { sha256: left }),
    };
}
