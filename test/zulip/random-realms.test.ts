import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import type { Asked } from './asked.js';
import { objectsOf, valuesOf } from './asked.js';
import { exportZulip } from './export-zulip.js';
import { faultsIn } from './faults-in.js';
import type { Server } from './random-realms.js';
import { randomServer } from './random-realms.js';
import { rowsSql, tablesSql } from './tables.js';

const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 10);

interface Drawn extends Pick<Asked, 'mode' | 'realms' | 'people'> {
  readonly consentMessage: number | null;
}

const randomAsked: fc.Arbitrary<Drawn> = fc.record({
  mode: fc.constantFrom('full', 'public', 'consent', 'consent', 'users', 'users', 'people'),
  realms: fc.constantFrom([2], [2], [3], [2, 3]),
  people: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 2 }),
  consentMessage: fc.option(fc.nat(60)),
});

describe('random realms', function () {
  this.timeout(runs * 10_000);
  let database: TestDatabase;
  let folder: string;
  before(async () => {
    database = await createDatabase({ sql: tablesSql });
    folder = mkdtempSync(join(tmpdir(), 'portolan-consent-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  it(`let no message out that nobody could read who leaves or consents, and keep no other at home (${String(runs)} runs)`, async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(randomServer, randomAsked, fc.boolean(), async (server, drawn, parity) => {
        const asked = askedOf(server, drawn);
        await database.query(`${rowsSql(server)}${consentSql(asked)}`);
        const exported = exportZulip(database.url, objectsOf(asked), { ...valuesOf(folder, asked), 'zulip-parity': parity });
        if (server.messages.some(({ id, isEdited }) => isEdited && id === asked.consentMessage)) {
          expect(await failureOf(exported)).to.include({ code: 'CONSENT_INVALID' });
          met.add('edited');
          return;
        }
        const found = await exported;
        expect(faultsIn(server, asked, found, parity), `${JSON.stringify(asked)}, parity: ${String(parity)}`).to.deep.equal([]);
        if (found.ids('zerver.message').length === 0) return;
        met.add(`${asked.mode} ${String(parity)}`);
        if (asked.consentMessage !== undefined) met.add('consent by a message');
      }),
      { numRuns: runs, endOnFailure: false },
    );
    if (runs >= 30) expect([...met].length).to.be.greaterThan(5);
  });
});

function askedOf({ users, messages }: Server, { mode, realms, people, consentMessage }: Drawn): Asked {
  const own = users.filter(({ realm, isDummy }) => realms.includes(realm) && !isDummy);
  const chosen = people.map((at) => own[at % own.length]?.id ?? 0);
  const named = mode === 'full' || mode === 'public' ? [] : [...new Set(chosen)].sort((a, b) => a - b);
  // Who asks for people asks for no other realm than theirs.
  const theirs = [...new Set(own.flatMap(({ id, realm }) => (named.includes(id) ? [realm] : [])))].sort((a, b) => a - b);
  const asked = { mode, realms: mode === 'people' ? theirs : realms, people: named };
  const message = consentMessage === null ? undefined : messages[consentMessage % Math.max(1, messages.length)];
  return mode === 'consent' ? { ...asked, consentMessage: message?.id } : asked;
}

/** Outboxes of those who consent. */
function consentSql({ people, consentMessage }: Asked): string {
  if (consentMessage === undefined) return '';
  const rows = people.map(
    (id) => `(${String(1000 + id)}, ${String(id)}, ${String(consentMessage)}, 'outbox', '1f4e4', 'unicode_emoji')`,
  );
  return `INSERT INTO zulip.zerver_reaction VALUES ${rows.join()};`;
}
