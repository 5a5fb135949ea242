import { RefusedError, UsageError } from '../errors/portolan-error.js';
import type { PlanHeader } from './plan-header.js';
import type { SealBroken } from './read-sealed-lines.js';
import { isSealedFile, parseSealed, readSealedLines, sealBroken } from './read-sealed-lines.js';

/** A plan on disk that was proven whole. */
export interface PlanReader {
  readonly path: string;
  readonly header: PlanHeader;
  /** One pass over what it says, as it stands there; that nobody changed it meanwhile is proven when it ends. */
  lines(): AsyncGenerator<string>;
}

/** @throws UsageError PLAN_NOT_FOUND; RefusedError PLAN_DAMAGED, PLAN_VERSION */
export async function openPlan(path: string, command: PlanHeader['command']): Promise<PlanReader> {
  if (!(await isSealedFile(path)))
    throw new UsageError('PLAN_NOT_FOUND', `${path}: there is no such plan`, { hint: 'Name what --plan wrote to a file.' });
  const broken = (what: SealBroken): RefusedError => damaged(path, what);
  let header: PlanHeader | undefined;
  for await (const [first] of readSealedLines(path, (what) => (header === undefined ? noPlan(path) : broken(what))))
    header ??= checkHeader(first === undefined ? {} : parseSealed(first, () => noPlan(path)), path, command);
  if (header === undefined) throw noPlan(path);
  return {
    path,
    header,
    lines: async function* () {
      let isFirst = true;
      for await (const batch of readSealedLines(path, broken)) {
        for (const line of batch) {
          if (!isFirst) yield line.toString('utf8', 0, line.length - 1);
          isFirst = false;
        }
      }
    },
  };
}

function checkHeader(line: object, path: string, command: PlanHeader['command']): PlanHeader {
  const header = line as Partial<Omit<PlanHeader, 'version'>> & { readonly version?: unknown };
  if (header.format !== 'portolan-plan') throw noPlan(path);
  if (header.version !== 1) {
    throw new RefusedError('PLAN_VERSION', `${path} has a format of another version: ${String(header.version)}`, {
      hint: 'Use the version of Portolan that wrote it, or make the plan anew.',
    });
  }
  if (header.command !== command) {
    const other = header.command === undefined ? undefined : (commands[header.command] as (typeof commands)['undo'] | undefined);
    throw new RefusedError(
      'PLAN_DAMAGED',
      `${path} is no plan of ${commands[command].called}${other === undefined ? '' : `, but of ${other.called}`}`,
      {
        hint: `Nothing was written. ${other === undefined ? 'Name' : `Use ${other.program}, or name`} another plan.`,
      },
    );
  }
  return header as PlanHeader;
}

/** What plans are of, and who executes them. */
const commands = Object.freeze({
  import: { called: 'an import', program: 'importobjects' },
  delete: { called: 'a deletion', program: 'deleteobjects' },
  undo: { called: 'what takes a journal back', program: 'portolan undo' },
  claim: { called: 'a claim', program: 'portolan claim' },
} as const satisfies Readonly<Record<PlanHeader['command'], object>>);

function noPlan(path: string): RefusedError {
  return new RefusedError('PLAN_DAMAGED', `${path} is no plan`, { hint: 'Nothing was written. Name what --plan wrote.' });
}

/** Somebody may want to leave decisions out by hand. */
function damaged(path: string, what: SealBroken): RefusedError {
  return new RefusedError('PLAN_DAMAGED', `${path}: ${sealBroken[what]}`, {
    hint:
      'Nothing was written. A plan is executed whole or not at all: what is left out could be what other objects need. ' +
      'To do less, change the policy, the options or the archive, and make the plan anew.',
  });
}
