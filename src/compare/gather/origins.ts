import type { ArchiveReader } from '../../archive/open-archive.js';
import { RefusedError, UsageError } from '../../errors/portolan-error.js';
import type { Findings } from '../../findings/finding.js';
import type { SourceRule } from '../../terms.js';
import { sourceRules } from '../../terms.js';

/** Archives of one database: in these, one key means one object. */
export interface Origin {
  /** Among all: what comes first keeps its keys. */
  readonly place: number;
  readonly archives: readonly ArchiveReader[];
}

/**
 * Archives by the database that they come from. What was exported under `--reproducible`, or by a role that may not ask, does not tell; where
 * none does, all are taken for archives of one database, which is told.
 *
 * @throws RefusedError SOURCES_UNKNOWN where only some tell; UsageError OPTION_VALUE
 */
export function originsOf(
  archives: readonly ArchiveReader[],
  rule: SourceRule | undefined,
  findings: Findings,
): readonly Origin[] {
  if (rule !== undefined && !sourceRules.includes(rule)) {
    throw new UsageError('OPTION_VALUE', `"${rule}" is no value of sources`, {
      hint: `Use ${sourceRules.join(' or ')}.`,
    });
  }
  if (rule === 'same') return [{ place: 0, archives }];
  if (rule === 'other') return archives.map((archive, place) => ({ place, archives: [archive] }));
  const bySource = new Map<string, ArchiveReader[]>();
  const silent: string[] = [];
  for (const archive of archives) {
    const source = archive.header.volatile?.source;
    if (source === undefined) silent.push(archive.path);
    else bySource.set(source, [...(bySource.get(source) ?? []), archive]);
  }
  if (silent.length === 0) return [...bySource.values()].map((all, place) => ({ place, archives: all }));
  if (bySource.size > 0) throw unknown(silent);
  findings.note(
    'source-not-told',
    'merge',
    'no archive tells which database it comes from: they were taken for archives of one (--sources other: of different ones)',
  );
  return [{ place: 0, archives }];
}

function unknown(silent: readonly string[]): RefusedError {
  const which = `${silent.slice(0, 3).join(', ')}${silent.length > 3 ? ' and others' : ''}`;
  return new RefusedError('SOURCES_UNKNOWN', `${which}: nothing tells which database it comes from, as others do`, {
    hint: 'Say --sources same where one key means one object in all of them, else --sources other.',
  });
}
