import { expect } from 'chai';
import { ChildEntity, Column, DataSource, Entity, PrimaryGeneratedColumn, TableInheritance } from 'typeorm';
import { explainObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

@Entity('zoo_animal')
@TableInheritance({ column: { type: 'varchar', name: 'species' } })
class Animal {
  @PrimaryGeneratedColumn() id!: number;
  @Column() name!: string;
}

@ChildEntity('dog')
class Dog extends Animal {}

@ChildEntity('puppy')
class Puppy extends Dog {}

@ChildEntity('cat')
class Cat extends Animal {}

describe('the name of a child entity', () => {
  let database: TestDatabase;
  let from: DataSource;

  before(async () => {
    database = await createDatabase();
    from = new DataSource({ type: 'postgres', url: database.url, entities: [Animal, Dog, Puppy, Cat], synchronize: true });
    await from.initialize();
    await from.query(
      `INSERT INTO zoo_animal (id, name, species) VALUES (1, 'Rex', 'dog'), (2, 'Tom', 'cat'), (3, 'Pip', 'puppy')`,
    );
  });

  after(async () => {
    await from.destroy();
    await database.drop();
  });

  for (const object of ['Dog.1', 'zoo.dog.1', 'Dog.3', 'Puppy.3', 'Cat[name=Tom]', 'Animal.2', 'zoo_animal.2']) {
    it(`means its own rows and those of its children: ${object}`, async () => {
      expect((await explainObjects(from, { objects: [object] })).objects).to.deep.equal({ 'zoo.animal': 1 });
    });
  }

  for (const object of ['Cat.1', 'Puppy.1', 'zoo.Dog.2', 'Dog[name=Tom]']) {
    it(`means no row of another kind: ${object}`, async () => {
      expect(await failureOf(explainObjects(from, { objects: [object] }))).to.include({ code: 'UNKNOWN_OBJECT', exitCode: 2 });
    });
  }

  it('stands beside others in one export', async () => {
    expect((await explainObjects(from, { objects: ['Dog.1', 'Cat.2', 'Puppy.3'] })).objects).to.deep.equal({ 'zoo.animal': 3 });
    expect(await failureOf(explainObjects(from, { objects: ['Dog.1', 'Cat.3'] })))
      .to.have.property('message')
      .that.contains('Cat.3');
  });
});
