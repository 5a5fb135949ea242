import type { ArchiveHeader } from '../archive/archive.js';
import type { Findings } from '../findings/finding.js';
import type { PlannedModel } from './planned-model.js';

/** Tells of what new rows get that does not come from the archive, where there are new rows. */
export function tellNewValues(
  { withheld }: Pick<ArchiveHeader, 'withheld'>,
  models: ReadonlyMap<string, PlannedModel>,
  findings: Findings,
): void {
  for (const { target, decisions } of models.values()) {
    if (decisions.inserted === 0) continue;
    const held = new Set(target.columns.map(({ column }) => column.name));
    for (const column of target.entity.columns) {
      if (held.has(column.name) || column.generated) continue;
      const name = `${target.model}.${column.member}`;
      const fill = target.fills.find((one) => one.column === column);
      if (fill?.random === true)
        findings.note(
          'random-value',
          name,
          'was withheld and cannot be NULL: each new row gets a random value that nobody knows',
        );
      else if (fill === undefined && !Object.hasOwn(withheld, name))
        findings.note('new-column', name, 'the archive lacks it: new rows get its default');
    }
  }
}
