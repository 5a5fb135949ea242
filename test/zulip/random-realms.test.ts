import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileValues } from '../../src/profiles/profile.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { Asked } from './allowed-messages.js';
import { allowedMessages, zulipMessages } from './allowed-messages.js';
import type { ZulipExport } from './export-zulip.js';
import { exportZulip } from './export-zulip.js';
import type { Server } from './random-realms.js';
import { internal, randomServer } from './random-realms.js';
import { rowsSql, tablesSql } from './tables.js';

const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 10);

/** A failure names its seed: this repeats it. */
const seed = Number(process.env['PORTOLAN_SEED'] ?? Date.now() % 1_000_000_000);

const randomAsked = fc.record({
  mode: fc.constantFrom('full', 'public', 'consent', 'consent', 'users', 'users', 'people'),
  realms: fc.constantFrom([2], [2], [3], [2, 3]),
  people: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 2 }),
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
        await database.query(rowsSql(server));
        const found = await exportZulip(database.url, objectsOf(asked), { ...valuesOf(folder, asked), 'zulip-parity': parity });
        const allowed = (parity ? zulipMessages : allowedMessages)(server, asked);
        expect(found.ids('zerver.message'), `${JSON.stringify(asked)}, parity: ${String(parity)}`).to.deep.equal(allowed);
        if (allowed.length > 0) met.add(`${asked.mode} ${String(parity)}`);
        checkOthers(server, asked, found, parity);
      }),
      { numRuns: runs, seed, endOnFailure: false },
    );
    if (runs >= 30) expect([...met].length).to.be.greaterThan(4);
  });
});

function askedOf(
  { users }: Server,
  { mode, realms, people }: { mode: Asked['mode']; realms: readonly number[]; people: readonly number[] },
): Asked {
  const own = users.filter(({ realm, isDummy }) => realms.includes(realm) && !isDummy);
  const chosen = people.map((at) => own[at % own.length]?.id ?? 0);
  const named = mode === 'full' || mode === 'public' ? [] : [...new Set(chosen)].sort((a, b) => a - b);
  // Who asks for people asks for no other realm than theirs.
  const theirs = [...new Set(own.flatMap(({ id, realm }) => (named.includes(id) ? [realm] : [])))].sort((a, b) => a - b);
  return { mode, realms: mode === 'people' ? theirs : realms, people: named };
}

function objectsOf({ mode, realms, people }: Asked): readonly string[] {
  return mode === 'people'
    ? people.map((id) => `zerver.UserProfile.${String(id)}`)
    : realms.map((id) => `zerver.Realm.${String(id)}`);
}

function valuesOf(folder: string, { mode, people }: Asked): ProfileValues {
  const mails = people.map((id) => `u${String(id)}@x`);
  switch (mode) {
    case 'full':
    case 'people':
      return {};
    case 'public':
      return { 'public-only': true };
    case 'users':
      return { users: mails };
    case 'consent': {
      const file = join(folder, 'consent.txt');
      writeFileSync(file, `# who consents\n${mails.join('\n')}\n`);
      return { 'consent-users': file };
    }
  }
}

/** What hangs on messages goes with them, and nobody's own things without consent; no row of another realm is there. */
function checkOthers(server: Server, { mode, realms, people }: Asked, found: ZulipExport, parity: boolean): void {
  const messages = new Set(found.ids('zerver.message'));
  const realmOf = new Map(server.users.map(({ id, realm }) => [id, realm]));
  const carried = server.attachments.flatMap(({ messages: carrying, owner }, at) =>
    carrying.some((id) => messages.has(id)) && realms.includes(realmOf.get(owner) ?? 0) ? [{ id: at + 1, owner }] : [],
  );
  // Of single users what is theirs, and what they sent of others.
  const theirs = mode === 'people' ? carried.filter(({ owner }) => people.includes(owner)) : carried;
  expect(found.ids('zerver.attachment')).to.include.members(theirs.map(({ id }) => id));
  // What was never sent is its owner's, who leaves or consents.
  const isUnsent = (at: number, owner: number): boolean =>
    !parity &&
    mode !== 'public' &&
    server.attachments[at]?.messages.length === 0 &&
    (people.length === 0 || people.includes(owner));
  const unsent = server.attachments.flatMap(({ owner }, at) =>
    isUnsent(at, owner) && realms.includes(realmOf.get(owner) ?? 0) ? [at + 1] : [],
  );
  const isDummy = new Set(server.users.filter((user) => user.isDummy).map(({ id }) => id));
  const sure = unsent.filter((id) => !isDummy.has(server.attachments[id - 1]?.owner ?? 0));
  expect(found.ids('zerver.attachment')).to.include.members(sure);
  expect([...carried.map(({ id }) => id), ...unsent]).to.include.members([...found.ids('zerver.attachment')]);
  for (const [, { message, user_profile: reader }] of found.objects.get('zerver.usermessage') ?? []) {
    expect(messages.has(Number(message))).to.equal(true);
    if (people.length > 0) expect(people).to.include(Number(reader));
  }
  for (const id of found.ids('zerver.userprofile')) expect(realms).to.include(realmOf.get(id));
  for (const id of found.external('zerver.userprofile'))
    if (!parity && mode !== 'people') expect(realmOf.get(id)).to.equal(internal);
  for (const { id, realm, isPrivate } of server.streams) {
    const leaves = found.ids('zerver.stream').includes(id);
    if (!realms.includes(realm)) expect(leaves).to.equal(false);
    if (!parity && mode === 'public' && isPrivate !== false) expect(leaves).to.equal(false);
  }
  if (parity || mode === 'full') return;
  for (const [, { user_profile: user }] of found.objects.get('zerver.useractivity') ?? [])
    expect(people).to.include(Number(user));
  for (const [, { user_profile: user, recipient }] of found.objects.get('zerver.subscription') ?? []) {
    const stream = server.streams.find(({ id }) => id === Number(recipient) - 2000);
    if (!people.includes(Number(user))) expect(stream?.isPrivate).to.equal(false);
  }
  if (mode === 'users')
    for (const [id, { is_mirror_dummy: isDummy }] of found.objects.get('zerver.userprofile') ?? [])
      expect(isDummy).to.equal(!people.includes(id));
}
