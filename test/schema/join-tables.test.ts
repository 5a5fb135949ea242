import { expect } from 'chai';
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { resolveModel } from '../../src/schema/resolve-model.js';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

@Entity('tag')
class Tag {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ unique: true }) label!: string;
  @ManyToMany(() => Post, (post) => post.tags) posts!: object[];
}

@Entity('post')
class Post {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToMany(() => Tag, (tag) => tag.posts) @JoinTable() tags!: object[];
  @ManyToMany(() => Tag) @JoinTable({ name: 'post_old_tag' }) oldTags!: object[];
  @ManyToMany(() => Post) @JoinTable({ name: 'post_related' }) related!: object[];
  @ManyToMany(() => Tag)
  @JoinTable({ name: 'post_mapped', joinColumn: { name: 'post_id' }, inverseJoinColumn: { name: 'tag_id' } })
  mapped!: object[];
}

@Entity('post_mapped')
class PostMapped {
  @PrimaryColumn() post_id!: number;
  @PrimaryColumn() tag_id!: number;
  @ManyToOne(() => Post) note!: object;
}

@Entity('post_vote')
class Vote {
  @ManyToOne(() => Post) post!: object;
  @PrimaryColumn() postId!: number;
  @PrimaryColumn() tagId!: number;
  @ManyToOne(() => Tag) tag!: object;
}

describe('join tables', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({
      entities: [Tag, Post, PostMapped, Vote],
      after: `ALTER TABLE post_old_tag ADD COLUMN since date DEFAULT now();
        CREATE TABLE post_tag_own (id bigserial PRIMARY KEY, tag int NOT NULL REFERENCES tag, post int NOT NULL REFERENCES post, UNIQUE (tag, post));
        CREATE TABLE post_uuid (key uuid PRIMARY KEY DEFAULT gen_random_uuid(), post int NOT NULL REFERENCES post, tag int NOT NULL REFERENCES tag);
        CREATE TABLE post_referenced (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, post int NOT NULL REFERENCES post, tag int NOT NULL REFERENCES tag);
        CREATE TABLE about_referenced (id int PRIMARY KEY, what int REFERENCES post_referenced);
        CREATE TABLE post_named (id int PRIMARY KEY, post int NOT NULL REFERENCES post, tag int NOT NULL REFERENCES tag);
        CREATE TABLE post_loose (id serial PRIMARY KEY, post int REFERENCES post, tag int NOT NULL REFERENCES tag);
        CREATE SCHEMA other; CREATE TABLE other.post_uuid (post int NOT NULL REFERENCES post, tag int NOT NULL REFERENCES tag);`,
    });
  });
  after(() => chart.close());

  it('of TypeORM are links on the @JoinTable side', () => {
    const tags = chart.link('public.post.tags');
    expect(tags.through).to.equal('public.post_tags_tag');
    expect(tags.owner).to.include({ child: 'public.post_tags_tag', parent: 'public.post' });
    expect(tags.inverse.parent).to.equal('public.tag');
    expect(chart.entity('public.post_tags_tag').role).to.equal('link');
  });

  it('link a table with itself, owner first', () => {
    const related = chart.link('public.post.related');
    expect([related.owner.columns, related.inverse.columns]).to.deep.equal([['postId_1'], ['postId_2']]);
  });

  it('of TypeORM with columns of their own are entities that carry them (T-18)', () => {
    const entity = chart.entity('public.post_old_tag');
    expect(entity.role).to.equal('object');
    expect(entity.columns.map((column) => column.member)).to.deep.equal(['postId', 'since', 'tagId']);
    expect(chart.found('join-table-with-columns')).to.deep.equal(['public.post_old_tag']);
  });

  it('that an entity maps are entities', () => {
    expect(chart.entity('public.postmapped').role).to.equal('object');
    expect(chart.entity('post.vote').role).to.equal('object');
    expect(chart.schema.links.map((link) => link.through)).not.to.include.members(['public.postmapped', 'post.vote']);
  });

  it('that nothing maps are links, a generated key of their own apart; the first column owns', () => {
    expect(chart.link('public.tag.post_tag_own')).to.deep.include({ through: 'public.post_tag_own' });
    expect(chart.link('public.post.uuid').inverse.parent).to.equal('public.tag');
  });

  it('of the same name in two schemas have two members', () => {
    const members = chart.schema.links.filter((link) => link.owner.parent === 'public.post').map((link) => link.member);
    expect(members).to.include.members(['uuid', 'uuid_2']);
    expect(new Set(members).size).to.equal(members.length);
  });

  it('whose own key is referenced, given or needed to tell rows apart are entities', () => {
    for (const model of ['public.post_referenced', 'public.post_named', 'public.post_loose'])
      expect(chart.entity(model).role).to.equal('object');
  });

  it('have no rows that could be named', () => {
    expect(() => resolveModel(chart.schema, 'post_tags_tag')).to.throw('is a join table');
  });

  it('are also what the policy calls so', async () => {
    const schema = await chart.under({ joinTables: ['post_named', 'post_vote'] });
    expect(schema.links.map((link) => link.name)).to.include.members(['public.post.named', 'public.post.vote']);
  });
});
