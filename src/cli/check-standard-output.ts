import { isStandardOutput } from '../archive/output-place.js';
import { UsageError } from '../errors/portolan-error.js';

/** What a command writes, as far as it can go to standard output. */
interface Written {
  readonly json?: boolean | undefined;
  readonly summary?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly output?: string | undefined;
  readonly plan?: string | undefined;
  readonly idMap?: string | undefined;
  readonly journal?: string | undefined;
  readonly receipt?: string | undefined;
  readonly findings?: string | undefined;
}

/** Standard output holds one thing. @throws UsageError JSON_AND_ARCHIVE, OPTION_VALUE */
export function checkStandardOutput(args: Written): void {
  const { json, summary, dryRun, output, plan, idMap, journal, receipt, findings } = args;
  const goes = (path: string | undefined): boolean => path !== undefined && isStandardOutput(path);
  const there = [
    dryRun !== true && goes(output) ? 'the archive' : '',
    json === true ? 'the result of --json' : summary === true ? 'the --summary' : '',
    goes(plan) ? 'the --plan' : '',
    goes(idMap) ? 'the --id-map' : '',
    goes(journal) ? 'the --journal' : '',
    goes(receipt) ? 'the --receipt' : '',
    goes(findings) ? 'the --findings' : '',
  ].filter((what) => what !== '');
  const [first, second] = there;
  if (second === undefined) return;
  const isArchive = first === 'the archive';
  throw new UsageError(
    isArchive && json === true ? 'JSON_AND_ARCHIVE' : 'OPTION_VALUE',
    `standard output cannot hold both ${first ?? ''} and ${second}`,
    { hint: isArchive ? 'Write the archive to a file: -o out.json' : 'Write one of them to a file.' },
  );
}
