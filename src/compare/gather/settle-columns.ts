import type { ArchiveHeader, ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { memberText, objectKey } from '../../values/object-values.js';
import type { SettleColumns } from '../object-uniter.js';
import type { ModelRule } from './model-rules.js';
import { naturalText } from './natural-text.js';
import { referredSpaces } from './references-of.js';

/**
 * What the policy says of two objects that have the same natural key: the first one's columns stay, the other's are taken, or fill its gaps.
 * Who is not the same by that has nothing settled. Columns by which others refer to an object are not taken: those who do could not follow.
 */
export function settleColumns(header: ArchiveHeader, model: string, { naturalKey, merge }: ModelRule): SettleColumns {
  const shape = headerKeyShape(header, model);
  const entity = header.entities[model];
  const memberOf = (name: string | undefined): string | undefined =>
    Object.entries(entity?.columns ?? {}).find(([, one]) => one.name === name)?.[0];
  const referred = new Set(referredSpaces(header, model).flatMap(({ columns }) => columns.map(memberOf)));
  const numbers = [entity?.nestedSet?.left, entity?.nestedSet?.right].map(memberOf);
  const nameOf = (object: ArchiveObject): string | undefined =>
    naturalText(header, model, naturalKey, object, { fields: undefined, followed: objectKey(object, shape) ?? '' });
  return (first, other, all) => {
    // A row has its place in the tree that it stands in.
    const columns = all.filter((member) => !numbers.includes(member));
    if (columns.length === 0) return first;
    const name = merge === undefined ? undefined : nameOf(first);
    if (merge === undefined || name === undefined || name !== nameOf(other)) return undefined;
    if (merge === 'keep') return first;
    const taken = merge === 'take' ? columns : columns.filter((member) => memberText(first, member) === null);
    if (merge === 'take' && taken.some((member) => referred.has(member))) return undefined;
    return {
      model,
      pk: first.pk,
      fields: { ...first.fields, ...Object.fromEntries(taken.map((member) => [member, other.fields[member] ?? null])) },
      ...(first.shared === true ? { shared: true as const } : {}),
    };
  };
}
