import { expect } from 'chai';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

describe('external objects', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'house',
      `CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE, code text UNIQUE);
       CREATE TABLE house (id int PRIMARY KEY, owner int REFERENCES person, keeper text REFERENCES person (code));
       CREATE TABLE room (id int PRIMARY KEY, house int REFERENCES house, guest int REFERENCES person);
       CREATE TABLE club (house int REFERENCES house, person int REFERENCES person, PRIMARY KEY (house, person));
       INSERT INTO person VALUES (1, 'a@b', 'x'), (2, 'c@d', 'y'), (3, 'e@f', 'z');
       INSERT INTO house VALUES (1, 1, 'y'), (2, 1, NULL);
       INSERT INTO room VALUES (1, 1, NULL);
       INSERT INTO club VALUES (1, 3);`,
    );
  });

  after(async () => {
    await source.close();
  });

  it('are those that the archive refers to, by their keys or by other unique columns', async () => {
    const { trailer } = await source.take({ objects: ['house.1'], shared: 'key' });
    expect(trailer.external.map(({ pk }) => pk)).to.deep.equal([1, 2]);
  });

  it('are not those that were met on another way: no target needs them', async () => {
    const { objects, trailer } = await source.take({ objects: ['person.1'], policy: { boundary: { house: 'stub' } } });
    expect(Object.keys(objects)).to.deep.equal(['public.person.1']);
    expect(trailer.external).to.deep.equal([]);
  });
});
