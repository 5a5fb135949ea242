import { expect } from 'chai';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Office } from './office.js';
import { openOffice, policyOfOffice } from './office.js';

type Document = Readonly<Record<string, unknown>>;

describe('the contract: names, policies and findings', function () {
  this.timeout(180_000);
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(async () => {
    await office.close();
  });

  async function told(words: readonly string[], code = 0): Promise<Document> {
    const { code: exitCode, stdout, stderr } = await office.run('exportobjects', [...words, '--dry-run', '--json']);
    expect(exitCode, stderr).to.equal(code);
    return JSON.parse(stdout) as Document;
  }

  it('an object is app.Model.key, Model.key, app.Model.a=1,b=2 or app.Model[column=value]', async () => {
    const whole = { 'sales.person': 1, 'sales.shift': 1 };
    for (const name of [
      'sales.Shift.day=2026-01-02,seller=1',
      'Shift.seller=1,day=2026-01-02',
      'SALES.shift[note=early]',
      'sales.person.1',
    ]) {
      expect((await told([name])).objects, name).to.deep.equal(whole);
    }
  });

  it('Model.key alone, where several apps have the model, is refused with the candidates', async () => {
    const { code, error } = await told(['Person.1'], 2);
    expect(code).to.equal('MODEL_AMBIGUOUS');
    expect(error)
      .to.match(/sales\.person/iu)
      .and.match(/staff\.person/iu);
  });

  it('--exclude takes a two-part name for a model first, then for a field, and refuses one that is both', async () => {
    const both = await told(['sales.person.1', '--exclude', 'staff.person'], 2);
    expect(both.code).to.equal('MODEL_AMBIGUOUS');
    expect(both.error).to.contain('the model staff.person').and.to.contain('the column sales.staff.person');
    expect((await told(['sales.person.1', '--exclude', 'sales.shift'])).objects).to.deep.equal({ 'sales.person': 1 });
    expect((await told(['sales.person.1', '--exclude', 'shift.note'])).withheld).to.deep.equal(['sales.shift.note']);
  });

  it('standard output holds the archive alone, whatever the data source prints', async () => {
    const { code, stdout, stderr } = await office.run('exportobjects', ['sales.person.1']);
    expect(code, stderr).to.equal(0);
    expect((JSON.parse(stdout) as { readonly objects: readonly unknown[] }).objects).to.have.length(2);
    expect(stderr).to.contain('printed by the data source');
  });

  it('--policy names a file; without it the one beside the data source counts', async () => {
    const models = { ...policyOfOffice.models, 'sales.shift': { app: 'rota' } };
    writeFileSync(join(office.folder, 'other.json'), JSON.stringify({ models }));
    writeFileSync(join(office.folder, 'other.mjs'), `export default ${JSON.stringify({ models })};`);
    writeFileSync(join(office.folder, 'other.ts'), `export const policy: object = ${JSON.stringify({ models })};`);
    expect((await told(['sales.person.1'])).objects).to.have.property('sales.shift');
    for (const file of ['other.json', 'other.mjs', 'other.ts'])
      expect((await told(['sales.person.1', '--policy', file])).objects, file).to.have.property('rota.shift');
    writeFileSync(join(office.folder, 'empty.mjs'), 'export const other = 1;');
    for (const file of ['none.json', '.', 'empty.mjs'])
      expect((await told(['sales.person.1', '--policy', file], 2)).code, file).to.equal('NO_POLICY');
  });

  it('--findings writes every finding as a JSON line, whatever the outcome, for its owner alone', async () => {
    const path = join(office.folder, 'findings.jsonl');
    const outcomes = [
      [['staff.person.7', '--dry-run'], 0],
      [['staff.person.7', '--dry-run', '--strict'], 3],
    ] as const;
    for (const [words, exitCode] of outcomes) {
      writeFileSync(path, 'of yesterday', { mode: 0o644 });
      expect((await office.run('exportobjects', [...words, '--findings', path])).code).to.equal(exitCode);
      const findings = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Document);
      expect(findings.find(({ kind }) => kind === 'dangling-reference')).to.deep.equal({
        kind: 'dangling-reference',
        severity: 'warning',
        on: 'staff.person.7',
        reason: 'staff.person.boss holds a key that no row of staff.person has',
      });
      expect(findings.every(({ kind, on, reason }) => [kind, on, reason].every((text) => typeof text === 'string'))).to.equal(
        true,
      );
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    }
    writeFileSync(path, 'of yesterday');
    expect((await office.run('exportobjects', ['staff.person.7', '-o', 'none/x.json', '--findings', path])).code).to.equal(2);
    expect(readFileSync(path, 'utf8')).to.equal('');
    rmSync(path);
  });

  it('--strict refuses where there is a warning: exit 3, and no file', async () => {
    const words = ['staff.person.7', '-o', 'strict.json', '--strict', '--json'];
    const { code, stdout } = await office.run('exportobjects', words);
    expect(code).to.equal(3);
    const document = JSON.parse(stdout) as Document;
    expect(document).to.include({ status: 'refused', code: 'STRICT' });
    expect(document.findings).to.have.length.above(0);
    expect(existsSync(join(office.folder, 'strict.json'))).to.equal(false);
  });

  it('a profile of another application says that its tables are not there', async () => {
    const { code } = await told(['sales.person.1', '--profile', 'zulip'], 2);
    expect(code).to.equal('PROFILE_TABLES');
  });
});
