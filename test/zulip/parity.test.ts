import { expect } from 'chai';
import { join } from 'node:path';
import type { ProfileValues } from '../../src/profiles/profile.js';
import type { TestDatabase } from '../support/database.js';
import { exportZulip } from './export-zulip.js';
import { loadSample, needsSample } from './load-sample.js';
import { zulipRows } from './zulip-rows.js';

/** Zulip's own exports of the sample, and how we are asked for the same. */
const modes: readonly (readonly [file: string, object: string, values: ProfileValues])[] = [
  ['full', 'zerver.Realm.2', {}],
  ['public', 'zerver.Realm.2', { 'public-only': true }],
  ['consent', 'zerver.Realm.2', { 'consent-message-id': 848 }],
  ['user-1', 'zerver.UserProfile.8', {}],
  ['user-2', 'zerver.UserProfile.13', {}],
];

describe("with --zulip-parity the rows are those of Zulip's own export", function () {
  this.timeout(180_000);
  let database: TestDatabase | undefined;
  let folder: string;
  before(async function () {
    folder = needsSample(this);
    database = await loadSample(folder);
  });
  after(() => database?.drop());

  for (const [file, object, values] of modes) {
    it(`${file}: table by table`, async () => {
      const expected = zulipRows(join(folder, 'exports', `${file}.tar.gz`));
      const found = await exportZulip(database?.url ?? '', [object], { ...values, 'zulip-parity': true });
      const differences: string[] = [];
      const tables = new Set([...expected.keys(), ...[...found.objects.keys()].map((model) => model.replace('.', '_'))]);
      // What only a realm's export has, a single user's has not: there more leaves than Zulip has.
      const isUser = object.startsWith('zerver.UserProfile');
      for (const table of tables) {
        if (table === 'zerver_userprofile_crossrealm' || (isUser && !expected.has(table))) continue;
        const [own, theirs] = [found.ids(table.replace('_', '.')), expected.get(table) ?? []];
        const [more, less] = [own.filter((id) => !theirs.includes(id)), theirs.filter((id) => !own.includes(id))];
        if (more.length + less.length > 0)
          differences.push(
            `${table}: ${String(more.length)} more (${more.slice(0, 9).join()}), ${String(less.length)} less (${less.slice(0, 9).join()})`,
          );
      }
      expect(differences).to.deep.equal([]);
    });
  }
});
