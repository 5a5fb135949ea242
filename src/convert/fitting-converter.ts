import type { ArchiveHeader } from '../archive/archive.js';
import type { Converter, ModelForm } from '../policy/converter.js';
import { findArchivedMember, findArchivedModel } from './archive-names.js';
import { modelFingerprint, schemaFingerprint } from './fingerprint.js';

/**
 * The first of the converters that is for archives of this form and was not taken yet. A model that the archive has not got is no
 * reason against one, as long as it has another: which models leave depends on what was exported.
 */
export function fittingConverter(
  header: ArchiveHeader,
  converters: readonly Converter[],
  taken: ReadonlySet<number>,
): number | undefined {
  const found = converters.findIndex(
    (converter, at) => !taken.has(at) && fits(header, converter, `converters.${String(at)}.from`),
  );
  return found < 0 ? undefined : found;
}

function fits(header: ArchiveHeader, { from }: Converter, where: string): boolean {
  if (typeof from === 'string') return from.toLowerCase() === schemaFingerprint(header.entities);
  const told = Object.entries(from).flatMap(([name, form]) => {
    const model = findArchivedModel(header, name, where);
    return model === undefined ? [] : [hasForm(header, model, form)];
  });
  return told.length > 0 && told.every((one) => one);
}

function hasForm(header: ArchiveHeader, model: string, form: ModelForm): boolean {
  const entity = header.entities[model];
  if (entity === undefined) return false;
  if (typeof form === 'string') return form.toLowerCase() === modelFingerprint(entity);
  return Object.entries(form).every(([name, is]) => {
    const member = findArchivedMember(header, model, name);
    if (typeof is === 'boolean') return is === (member !== undefined);
    return member !== undefined && entity.columns[member]?.type === is;
  });
}
