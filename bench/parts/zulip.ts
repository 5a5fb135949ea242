import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import { megabytes } from '../run-table.js';
import type { ShapeSeries } from '../shapes/measured-shape.js';
import { measuredShape } from '../shapes/measured-shape.js';
import type { Part } from './part.js';

const realm = 'a realm of Zulip, 200 k messages';
/** Objects for which the realm has these messages. */
const fullSize = 1_000_000;
const allowed = 200;

export const zulipPart: Part = {
  about: "export of a realm of Zulip (at 1M: 200,000 messages, 2 M rows of who has them), in our format and in Zulip's",
  at: 'one size',
  measure: async (laboratory) => {
    const { serverUrl, runs, size } = laboratory;
    const log = (text: string): void => {
      laboratory.log(text);
    };
    const scale = size / fullSize;
    const all = await measuredShape({ settings: [], serverUrl, folder: laboratory.path('.'), name: realm, scale, runs, log });
    return all.flatMap((series) => rows(laboratory, series));
  },
};

function rows(laboratory: Laboratory, { format, ours, theirs }: ShapeSeries): readonly ResultRow[] {
  const size = ours[0]?.objects ?? 0;
  const what = `realm of Zulip, ${format === 'portolan' ? 'our format' : `--format ${format}`}`;
  const seconds = (runs: ShapeSeries['ours']): number => laboratory.statistic(runs.map((run) => run.seconds));
  const [mine, copy] = [seconds(ours), seconds(theirs)];
  const peak = megabytes(ours);
  const bytes = (runs: ShapeSeries['ours']): string => `${((runs[0]?.bytes ?? 0) / 1e6).toFixed(0)} MB`;
  return [
    {
      size,
      what: `time: ${what}`,
      ours: `${inSeconds(mine)}, ${bytes(ours)}`,
      comparedWith: `COPY row_to_json: ${inSeconds(copy)}, ${bytes(theirs)}`,
      ratio: mine / copy,
      target: 1.2,
    },
    {
      size,
      what: `memory: ${what}`,
      ours: `${peak.toFixed(0)} MB`,
      comparedWith: `${String(allowed)} MB`,
      ratio: peak / allowed,
      target: 1,
    },
  ];
}
