import { conflictAdvice, conflictReason, modelOf } from '../import/conflict-advice.js';
import type { Conflict } from '../import/import-options.js';

/** Conflicts that are shown of each kind, and of all; the rest is counted. */
const shownOfKind = 3;
const shown = 20;

/** What stands against an import, with what helps. A model whose every key is taken does not hide what else there is. */
export function conflictLines(conflicts: readonly Conflict[]): readonly string[] {
  const kinds = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    const kind = [modelOf(conflict.object), conflict.reason, conflict.constraint].join('\0');
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [conflict]);
    else known.push(conflict);
  }
  const lines: string[] = [];
  let told = 0;
  for (const own of kinds.values()) {
    const some = own.slice(0, Math.min(shownOfKind, shown - told));
    told += some.length;
    lines.push(...some.map((one) => `conflict: ${one.object}: ${conflictReason(one)}\n  → ${conflictAdvice(one)}`));
    const [first] = some;
    if (first !== undefined && own.length > some.length)
      lines.push(`  … and ${String(own.length - some.length)} more of ${modelOf(first.object)} for the same reason`);
  }
  const more = conflicts.length - told;
  return more > 0 ? [...lines, `${String(more)} more conflicts are not shown (--json lists them)`] : lines;
}
