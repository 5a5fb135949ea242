import { expect } from 'chai';
import { Border } from '../../src/closure/border.js';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Role } from '../../src/closure/follow-rule.js';
import { stepRules } from '../../src/closure/follow-rule.js';
import { inMemory } from '../../src/closure/key-sets.js';
import { LeftOut } from '../../src/closure/left-out.js';
import { Membership } from '../../src/closure/membership.js';
import { column, entity } from '../dialect/entity.js';

const roles = ['shared', 'expanded', 'owned'] as const satisfies readonly Role[];

/** What a step from each role leads to; `-` where it leads nowhere. */
function led(step: (from: Role) => Role | undefined): string {
  return roles.map((from) => step(from) ?? '-').join(' ');
}

describe('follow rules', () => {
  it('lead from role to role as design.md has it, and into roots as it has it too', () => {
    const table = Object.entries(stepRules).map(([name, rule]) => [
      name,
      ...[false, true].map((toRoot) => led((from) => rule.up(from, toRoot))),
      ...[false, true].map((toRoot) => led((from) => rule.down(from, toRoot))),
      ...[false, true].map((toRoot) => led((from) => rule.across(from, toRoot))),
      rule.bringsParts,
      rule.seedsAreRoots,
    ]);
    const [none, shared] = ['- - -', 'shared shared shared'];
    expect(table).to.deep.equal([
      ['dependencies', shared, shared, none, none, none, none, false, false],
      ['owned', shared, shared, '- - owned', none, '- - shared', '- - shared', true, false],
      ['connected', 'shared expanded expanded', shared, '- expanded owned', none, '- expanded expanded', none, true, true],
    ]);
  });
});

describe('the rows of a closure', () => {
  const thing = entity('thing', [column('id', 'integer', 'integer')], ['id']);
  const schema = { entities: new Map([[thing.model, thing]]), references: [], inner: [], mentions: [], links: [] };

  it('are in the widest role that they were met in, each counted once', () => {
    const members = new Membership(schema, { separateExpanded: true, keySets: inMemory });
    const met = (role: Role): string => members.add(thing, 1, role);
    const is = (): readonly boolean[] => roles.map((role) => members.has(thing.model, 1, role));
    expect(is()).to.deep.equal([false, false, false]);
    expect([met('shared'), met('shared'), is()]).to.deep.equal(['new', 'known', [true, false, false]]);
    expect([met('expanded'), met('shared'), met('expanded'), is()]).to.deep.equal([
      'wider',
      'known',
      'known',
      [true, true, false],
    ]);
    expect([met('owned'), met('expanded'), met('owned'), is()]).to.deep.equal(['wider', 'known', 'known', [true, true, true]]);
    expect(members.total).to.equal(1);
    expect([members.add(thing, 2, 'owned'), members.add(thing, 3, 'expanded')]).to.deep.equal(['new', 'new']);
    expect(members.total).to.equal(3);
    expect(members.has(thing.model, 2, 'expanded')).to.equal(true);
    expect(members.has(thing.model, 3, 'owned')).to.equal(false);
    expect([...(members.of(thing.model)?.taken.sorted() ?? [])]).to.deep.equal([1, 2, 3]);
    expect([...members.byModel.keys()]).to.deep.equal([thing.model]);
    expect(members.of('public.other')).to.equal(undefined);
    expect(members.has('public.other', 1, 'shared')).to.equal(false);
  });

  it('are expanded where they are owned, where the rule knows no difference', () => {
    const members = new Membership(schema, { separateExpanded: false, keySets: inMemory });
    members.add(thing, 1, 'owned');
    members.add(thing, 2, 'shared');
    const { owned, expanded } = members.of(thing.model) ?? {};
    expect(expanded).to.equal(owned);
    expect([...(owned?.sorted() ?? [])]).to.deep.equal([1]);
  });

  it('are refused at borders by model and key, and stay out once they are left out', () => {
    const allowed = createKeySet(thing);
    allowed.add(1);
    const leftOut = new LeftOut();
    const border = new Border(
      new Map([
        ['public.bounded', { kind: 'boundary', action: 'stub', allowed }],
        ['public.excluded', { kind: 'exclude', action: 'error', allowed: undefined }],
      ] as const),
      leftOut,
    );
    const verdict = (model: string, key: number): unknown => {
      const found = border.verdict(model, key, undefined);
      return 'action' in found ? found.action : found.otherwise;
    };
    expect([1, 2].map((key) => verdict('public.bounded', key))).to.deep.equal(['inside', 'stub']);
    expect([1, 2].map((key) => verdict('public.excluded', key))).to.deep.equal(['error', 'error']);
    expect([1, 2].map((key) => verdict(thing.model, key))).to.deep.equal(['inside', 'inside']);
    const models = ['public.bounded', 'public.excluded', thing.model];
    expect(models.map((model) => border.guards(model))).to.deep.equal([true, true, false]);
    expect(models.map((model) => border.excludes(model))).to.deep.equal([false, true, false]);
    expect(border.drops).to.equal(false);
    expect([leftOut.add(thing, 2, 'exclude'), leftOut.add(thing, 2, 'boundary')]).to.deep.equal([true, false]);
    expect([1, 2].map((key) => verdict(thing.model, key))).to.deep.equal(['inside', 'drop']);
    expect(models.map((model) => border.guards(model))).to.deep.equal([true, true, true]);
    leftOut.add(thing, 3, 'boundary');
    expect(leftOut.counts).to.deep.equal([
      { model: thing.model, rule: 'exclude', count: 1 },
      { model: thing.model, rule: 'boundary', count: 1 },
    ]);
  });
});
