import { RefusedError, UsageError } from '../errors/portolan-error.js';
import type { PlanHeader } from './plan-header.js';
import type { SealBroken } from './read-sealed-lines.js';
import { isSealedFile, parseSealed, readSealedLines } from './read-sealed-lines.js';

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
    throw new RefusedError(
      'PLAN_DAMAGED',
      `${path} is no plan of ${called[command]}, but of ${called[command === 'import' ? 'delete' : 'import']}`,
      {
        hint: `Nothing was written. Use ${command === 'import' ? 'deleteobjects' : 'importobjects'}, or name another plan.`,
      },
    );
  }
  return header as PlanHeader;
}

const called = Object.freeze({ import: 'an import', delete: 'a deletion' });

function noPlan(path: string): RefusedError {
  return new RefusedError('PLAN_DAMAGED', `${path} is no plan`, { hint: 'Nothing was written. Name what --plan wrote.' });
}

const whatIs: Readonly<Record<SealBroken, string>> = Object.freeze({
  empty: 'it is empty',
  cut: 'it is cut: its last lines are missing',
  altered: 'its lines are not those that were written',
  'not JSON': 'a line is not valid JSON',
});

/** Somebody may want to leave decisions out by hand. */
function damaged(path: string, what: SealBroken): RefusedError {
  return new RefusedError('PLAN_DAMAGED', `${path}: ${whatIs[what]}`, {
    hint:
      'Nothing was written. A plan is executed whole or not at all: what is left out could be what other objects need. ' +
      'To import or delete less, change the policy, the options or the archive, and make the plan anew.',
  });
}
