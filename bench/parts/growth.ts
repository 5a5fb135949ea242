import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';
import { skippedRow } from '../result-row.js';
import type { Series } from '../series.js';
import type { Part } from './part.js';

const kinds = ['export', 'import'] as const;

/**
 * How fast time grows with the number of objects: seconds = c · objects ^ exponent, through the smallest and the greatest size of
 * the run. The start of a process, the connection and the catalog take the same time at every size, and would make the growth seem
 * small: only the seconds inside of the process count, and of these what goes beyond one object's export or import.
 */
export const growthPart: Part = {
  about: 'exponent of the growth of time from the smallest to the greatest size, against that of COPY',
  at: 'every size',
  measure: async (laboratory) => {
    for (const graph of ['organisation', 'one object'] as const) {
      await laboratory.exports(graph);
      await laboratory.imports(graph);
    }
    return [];
  },
  conclude: async (laboratories) => {
    const sorted = laboratories.toSorted((a, b) => a.size - b.size);
    const [smallest, greatest] = [sorted.at(0), sorted.at(-1)];
    if (smallest === undefined || greatest === undefined || smallest === greatest)
      return [skippedRow(smallest?.size ?? 0, 'growth', 'needs two sizes')];
    return Promise.all(kinds.map((kind) => growth(kind, smallest, greatest)));
  },
};

async function growth(kind: (typeof kinds)[number], smallest: Laboratory, greatest: Laboratory): Promise<ResultRow> {
  const [few, many] = [await points(kind, smallest), await points(kind, greatest)];
  if (Math.min(few.ours, few.theirs, many.ours, many.theirs) <= 0)
    return skippedRow(greatest.size, `growth of ${kind}`, 'the sizes take no longer than one object');
  const exponent = (who: 'ours' | 'theirs'): number => Math.log(many[who] / few[who]) / Math.log(many.objects / few.objects);
  const [ours, theirs] = [exponent('ours'), exponent('theirs')];
  return {
    size: greatest.size,
    what: `growth of ${kind} from ${smallest.size.toLocaleString('en')} objects: exponent of two points, and the difference`,
    ours: ours.toFixed(3),
    comparedWith: `COPY: ${theirs.toFixed(3)}`,
    ratio: ours - theirs,
    target: 0.03,
  };
}

async function points(kind: (typeof kinds)[number], laboratory: Laboratory) {
  const of = (graph: 'organisation' | 'one object'): Promise<Series> =>
    kind === 'export' ? laboratory.exports(graph) : laboratory.imports(graph);
  const [all, one] = [await of('organisation'), await of('one object')];
  return {
    objects: all.ours[0]?.objects ?? Number.NaN,
    ours: laboratory.innerSeconds(all.ours) - laboratory.innerSeconds(one.ours),
    theirs: laboratory.innerSeconds(all.theirs) - laboratory.innerSeconds(one.theirs),
  };
}
