import { readFileSync } from 'node:fs';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from '../../src/index.js';
import type { MadeDatabase } from '../properties/made-database.js';
import type { MadeApproval } from './random-approval.js';

/** What of a file an approval does not let leave, a line each: read from the objects, not from what the archive says of itself. */
export function beyondApproval({ tables }: MadeDatabase, { approval, secret }: MadeApproval, file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const { header, objects, trailer } = JSON.parse(text) as {
    readonly header: ArchiveHeader;
    readonly objects: readonly ArchiveObject[];
    readonly trailer: ArchiveTrailer;
  };
  const lines = new Set<string>();
  const columnNamed = (model: string, member: string): string | undefined => header.entities[model]?.columns[member]?.name;
  const check = (model: string, members: readonly string[], isWhole: boolean): void => {
    const approved = approval.models?.[model];
    if (approval.models !== undefined && approved === undefined) lines.add(`${model} is not approved`);
    if (approved === 'key' && isWhole) lines.add(`${model} is more than its key`);
    const key = tables.find(({ name }) => `public.${name}` === model)?.key.columns.map(([name]) => name) ?? [];
    for (const member of members) {
      const column = columnNamed(model, member);
      if (`${model}.${column ?? ''}` === `public.${secret?.table ?? ''}.${secret?.column ?? ''}`) {
        if (approval.secrets === undefined) lines.add(`${model}.${member} is a secret`);
      }
      if (approved === undefined || typeof approved === 'string' || (column !== undefined && key.includes(column))) continue;
      if ('only' in approved && !approved.only.includes(column ?? '')) {
        // Of links, an empty list says nothing.
        if (column !== undefined || objects.some((one) => one.model === model && (one.fields[member] as unknown[]).length > 0))
          lines.add(`${model}.${member} is none of those only`);
      }
      if ('except' in approved && column !== undefined && approved.except.includes(column))
        lines.add(`${model}.${member} is excepted`);
    }
  };
  for (const { model, fields } of objects) check(model, Object.keys(fields), true);
  for (const { model, naturalKey } of trailer.external) check(model, Object.keys(naturalKey), false);
  if (objects.length > (approval.maxObjects ?? Infinity)) lines.add(`${String(objects.length)} objects`);
  if (Buffer.byteLength(text) > (approval.maxBytes ?? Infinity)) lines.add(`${String(Buffer.byteLength(text))} bytes`);
  const approvedSeeds = approval.seeds ?? header.seeds;
  for (const seed of header.seeds)
    if (!approvedSeeds.some((one) => seed === one || seed.startsWith(`${one}.`))) lines.add(`the seed ${seed}`);
  if (approval.follow?.some((rule) => rule === header.follow) === false) lines.add(`the rule ${header.follow}`);
  return [...lines];
}
