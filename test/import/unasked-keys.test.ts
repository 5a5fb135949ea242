import { expect } from 'chai';
import type { TargetModel } from '../../src/import/target.js';
import { meantEntities, unaskedKeys } from '../../src/import/unasked-keys.js';

/** A model with what leads from it, by the names of what it leads to. */
function model(
  name: string,
  to: { readonly [kind in 'references' | 'inner' | 'mentions' | 'links']?: string },
): [string, TargetModel] {
  const { references, inner, mentions, links } = to;
  const target = {
    ...{ model: `archive.${name}`, entity: { model: `target.${name}` } },
    references: references === undefined ? [] : [{ parent: `target.${references}` }],
    inner: inner === undefined ? [] : [{ reference: { parent: `target.${inner}` } }],
    mentions: mentions === undefined ? [] : [{ reference: { parent: `target.${mentions}` } }],
    links: links === undefined ? [] : [{ inverseModel: `archive.${links}` }],
  };
  return [`archive.${name}`, target as unknown as TargetModel];
}

describe('keys that an import keeps', () => {
  it('are those of objects that others can mean: by a reference, a key inside a value, a mention or a link', () => {
    const targets = new Map([
      model('city', {}),
      model('person', { references: 'city' }),
      model('list', { inner: 'person', links: 'tag' }),
      model('tag', {}),
      model('note', { mentions: 'list', references: 'note' }),
      model('line', { references: 'stranger' }),
    ]);
    expect([...meantEntities(targets)].sort()).to.deep.equal(
      ['city', 'list', 'note', 'person', 'stranger', 'tag'].map((name) => `target.${name}`),
    );
  });

  it('are no others: who asks for one gets no wrong answer, but none', () => {
    expect(unaskedKeys.add('1')).to.equal(true);
    expect(() => unaskedKeys.has('1')).to.throw(TypeError, 'not kept');
    expect(() => unaskedKeys.sorted()).to.throw(TypeError, 'not kept');
  });
});
