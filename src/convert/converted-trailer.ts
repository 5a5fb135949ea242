import type { ArchiveTrailer, ExternalObject, TrailerContent } from '../archive/archive.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Conversion } from './conversion.js';
import { convertedObjectName } from './converted-names.js';
import { renamedKey } from './convert-objects.js';

type Content = Omit<TrailerContent, 'objects' | 'total'>;

/**
 * What a trailer tells of after a converter; the objects are counted anew.
 *
 * @throws RefusedError CONVERTER_FAILED where it changes values by which people are known who stayed at home
 */
export function convertedTrailer(conversion: Conversion, content: Content): Content {
  const { references } = conversion;
  const dangling = content.dangling.flatMap(({ object, reference }) => {
    const name = convertedObjectName(conversion, object);
    return name === undefined || isGone(conversion, reference)
      ? []
      : [{ object: name, reference: references.get(reference) ?? reference }];
  });
  return {
    links: Object.fromEntries(
      Object.entries(content.links).flatMap(([name, count]) =>
        isGone(conversion, name) ? [] : [[references.get(name) ?? name, count] as const],
      ),
    ),
    external: content.external.flatMap((one) => convertedExternal(conversion, one) ?? []),
    dangling,
    leftOut: content.leftOut.map((one) => ({ ...one, model: conversion.models.get(one.model)?.to ?? one.model })),
  };
}

/** Of a trailer as it stands there. */
export function contentOf({ links, external, dangling, leftOut }: ArchiveTrailer): Content {
  return { links, external, dangling, leftOut };
}

/** A reference or many-to-many relation that is not there after. */
function isGone({ references }: Conversion, name: string): boolean {
  return references.has(name) && references.get(name) === undefined;
}

function convertedExternal({ models, where }: Conversion, one: ExternalObject): ExternalObject | undefined {
  const conversion = models.get(one.model);
  if (conversion === undefined) return one;
  const { to, members, computed } = conversion;
  if (to === undefined) return undefined;
  const naturalKey = Object.entries(one.naturalKey).map(([member, value]) => {
    const name = members.has(member) ? members.get(member) : member;
    if (name !== undefined && !computed.some((column) => column.member === name)) return [name, value] as const;
    throw new RefusedError(
      'CONVERTER_FAILED',
      `${where}: objects that stayed at home are known by ${one.model}.${member}, which it changes`,
      {
        hint: 'Nothing was written. Rename that column only, or export again with --shared full.',
      },
    );
  });
  return { model: to, pk: renamedKey(one.pk, members), naturalKey: Object.fromEntries(naturalKey) };
}
