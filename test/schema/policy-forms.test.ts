import { expect } from 'chai';
import {
  ChildEntity,
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  TableInheritance,
} from 'typeorm';
import type { Policy } from '../../src/policy/policy.js';
import type { ParsedPolicy } from '../../src/policy/parsed-policy.js';
import { excludedModels } from '../../src/schema/exclusions.js';
import type { Schema } from '../../src/schema/schema.js';
import { failureOf } from '../support/failure.js';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

class Place {
  @Column({ nullable: true }) town!: string;
}

@Entity('zoo_keeper')
class Keeper {
  @PrimaryGeneratedColumn() id!: number;
  @Column(() => Place) home!: Place;
  @Column({ name: 'nick_name' }) nickName!: string;
  @OneToMany(() => Animal, (animal) => animal.keeper) animals!: Animal[];
}

@Entity('zoo_animal')
@TableInheritance({ column: { type: 'varchar', name: 'species' } })
class Animal {
  @PrimaryGeneratedColumn() id!: number;
  @Column() name!: string;
  @ManyToOne(() => Keeper, (keeper) => keeper.animals) keeper!: Keeper;
  @ManyToMany(() => Keeper) @JoinTable({ name: 'zoo_friend' }) friends!: Keeper[];
}

@ChildEntity('dog')
class Dog extends Animal {
  @Column({ nullable: true, name: 'bone_count' }) bones!: number;
}

/** Everything by which the animals can be called, in any case. */
const forms = ['zoo.Animal', 'Animal', 'ANIMAL', 'zoo_animal', 'public.zoo_animal', 'Public.Zoo_Animal', 'Dog', 'zoo.dog'];

describe('every part of a policy', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ entities: [Keeper, Animal, Dog] });
  });
  after(() => chart?.close());

  /** What the parts of a policy that are about this name come to. */
  const parts: Readonly<Record<string, (name: string) => Policy>> = {
    models: (name) => ({ models: { [name]: { shared: 'key', naturalKey: ['NAME'], fill: { BONE_COUNT: '0' } } } }),
    joinTables: (name) => ({ joinTables: [name.replace(/animal|dog/iu, 'friend')] }),
    'references.from': (name) => ({ references: [{ from: `${name}.name`, to: 'Keeper.nickname' }] }),
    'references.to': (name) => ({ references: [{ from: 'Keeper.nick_name', to: `${name}.Name` }] }),
    'follow, by relation': (name) => ({ follow: { [`${name}.keeper`]: { up: 'cut' } } }),
    'follow, by column': (name) => ({ follow: { [`${name}.keeperId`]: { down: 'skip' } } }),
    boundary: (name) => ({ boundary: { [name]: 'error' } }),
    exclude: (name) => ({ exclude: { [name]: 'drop' } }),
    'exclude, of a column': (name) => ({ exclude: { [`${name}.bone_count`]: 'error' } }),
    roots: (name) => ({ roots: [name] }),
    secrets: (name) => ({ secrets: { [`${name}.Bones`]: 'secret' } }),
    'parts of a model': (name) => ({ models: { Keeper: { parts: [`${name}.keeper`] } } }),
  };

  const told = (schema: Schema, policy: ParsedPolicy): unknown => ({
    entities: [...schema.entities.values()].map((entity) => ({
      ...entity,
      policy: [entity.policy?.shared, entity.policy?.fill],
    })),
    references: schema.references,
    links: schema.links,
    excluded: [...excludedModels(schema, policy)],
  });

  for (const [part, policyOf] of Object.entries(parts)) {
    it(`takes a model by any of its names: ${part}`, async () => {
      const under = async (name: string): Promise<unknown> => {
        const policy = { ...policyOf(name), includeSecrets: [] };
        return told(await chart.under(policy), policy);
      };
      const [first = '', ...others] = part === 'joinTables' ? forms.filter((name) => name.includes('_')) : forms;
      const expected = await under(first);
      for (const name of others) expect(await under(name), name).to.deep.equal(expected);
      if (!['boundary', 'roots', 'joinTables'].includes(part))
        expect(expected).not.to.deep.equal(told(chart.schema, { includeSecrets: [] }));
    });

    it(`tells a name that is not there, with the nearest: ${part}`, async () => {
      const error = (await failureOf(chart.under(policyOf(part === 'joinTables' ? 'zoo_frend' : 'zoo.Animl')))) as {
        readonly code: string;
        readonly hint: string;
      };
      expect(error).to.include({ exitCode: 2 });
      expect(error.code).to.match(/^UNKNOWN_(MODEL|REFERENCE)$/u);
      expect(error.hint).to.match(part === 'joinTables' ? /friend/u : /zoo\.animal/iu);
    });
  }

  it('takes a column by its path, whose parts are separated by dots too', async () => {
    const schema = await chart.under({
      exclude: { 'Keeper.home.town': 'error' },
      secrets: { 'zoo.keeper.Home.Town': 'public', 'zoo_keeper.nick_name': 'secret' },
      references: [{ from: 'Keeper.home.town,nickName', to: 'zoo.Animal.name,name' }],
    });
    expect(
      schema.entities.get('zoo.keeper')?.columns.flatMap(({ name, withheld }) => (withheld === undefined ? [] : [name])),
    ).to.deep.equal(['homeTown', 'nick_name']);
    expect(schema.references.filter(({ source }) => source === 'declared')).to.have.length(1);
  });

  it('says the same of a reference under two names, and refuses names that contradict each other, and one that means several', async () => {
    const follow = { 'Animal.keeper': { up: 'cut' }, 'zoo.animal.keeper': { down: 'skip' } } as const;
    const [reference] = (await chart.under({ follow })).references.filter(({ name }) => name === 'zoo.animal.keeper');
    expect(reference?.follow).to.include({ up: 'cut', down: 'skip' });
    const against = { 'Animal.keeper': { up: 'cut' }, 'zoo.animal.keeper': { up: 'follow' } } as const;
    expect(await failureOf(chart.under({ follow: against }))).to.include({
      code: 'POLICY_INVALID',
      message: 'follow: "zoo.animal.keeper" says another "up" than another name of the same reference',
      hint: 'Say in one place what holds for zoo.animal.keeper.',
    });
    const references = ['a', 'b'].map((value) => ({
      from: 'Animal.name',
      to: 'Keeper.nickName',
      when: { column: 'species', value },
    }));
    expect(await failureOf(chart.under({ references, follow: { 'Animal.name': { up: 'cut' } } }))).to.include({
      code: 'MODEL_AMBIGUOUS',
      message: 'follow: "Animal.name" can mean zoo.animal.name[species=a] or zoo.animal.name[species=b]',
    });
  });
});
