import { expect } from 'chai';
import type { Approval, Policy } from '../../src/index.js';
import { withSiteApproval } from '../../src/policy/with-site-approval.js';

describe('the policy of a site, and another that is named', () => {
  const named: Policy = { models: { User: { naturalKey: ['name', 'email'], shared: 'key' } } };
  const site = (approved: NonNullable<Approval['models']>[string], naturalKey = ['name']): Policy => ({
    models: { User: { naturalKey } },
    approval: { models: { User: approved } },
  });

  it('has no other columns leave as a name where models may leave by their names only', () => {
    expect(() => withSiteApproval(named, site('key')))
      .to.throw('models: User.email would leave as a part of a natural key')
      .with.property('code', 'APPROVAL_EXCEEDED');
    expect(withSiteApproval(named, site('key', ['email', 'name'])).models).to.deep.equal(named.models);
    // What may leave of these is told column by column, natural keys included.
    for (const approved of ['all', { only: ['name'] }] as const)
      expect(withSiteApproval(named, site(approved)).models).to.deep.equal(named.models);
  });
});
