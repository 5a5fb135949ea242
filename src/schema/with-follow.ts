import { didYouMean } from '../errors/nearest-names.js';
import type { FollowPolicy } from '../policy/policy.js';
import type { Problems } from './problems.js';
import type { Reference, Schema } from './schema.js';

/** The schema with other settings of some references, each by its name, whatever its case. */
export function withFollow(schema: Schema, follow: Readonly<Record<string, FollowPolicy>>, problems: Problems): Schema {
  const names = schema.references.map(({ name }) => name);
  const settings = new Map(Object.entries(follow).map(([text, one]) => [text.toLowerCase(), one]));
  for (const text of settings.keys()) {
    if (!names.some((name) => name.toLowerCase() === text))
      problems.add('UNKNOWN_REFERENCE', `follow: there is no reference "${text}"`, didYouMean(text, names));
  }
  if (settings.size === 0) return schema;
  const changed = new Map<Reference, Reference>();
  for (const reference of [...schema.references, ...schema.links.flatMap(({ owner, inverse }) => [owner, inverse])]) {
    const own = settings.get(reference.name.toLowerCase());
    if (own !== undefined)
      changed.set(reference, Object.freeze({ ...reference, follow: Object.freeze({ ...reference.follow, ...own }) }));
  }
  const of = (reference: Reference): Reference => changed.get(reference) ?? reference;
  return Object.freeze({
    ...schema,
    references: Object.freeze(schema.references.map(of)),
    links: Object.freeze(
      schema.links.map((link) => Object.freeze({ ...link, owner: of(link.owner), inverse: of(link.inverse) })),
    ),
  });
}
