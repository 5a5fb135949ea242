import type { ProgressEvent } from '../progress.js';
import { fit, widthOf } from './fit.js';
import { Pace } from './pace.js';
import { bytesText, countText, durationText } from './quantities.js';
import { TimeLeft } from './time-left.js';

const stages: Readonly<Record<ProgressEvent['stage'], string>> = {
  closure: 'finding what belongs',
  rows: 'writing',
  plan: 'planning',
  apply: 'importing',
  links: 'linking',
  verify: 'verifying',
  read: 'reading',
  compare: 'comparing',
  merge: 'merging',
};

/** Over how long the rate is measured, in milliseconds. */
const window = 5_000;

/** Columns of the bar itself. */
const widest = 30;
const narrowest = 8;

/** Columns that a name gets before facts do. */
const widestName = 24;

type Fact = 'rows' | 'share' | 'rate' | 'bytes' | 'left';

/** What a narrow terminal goes without, step by step. */
const leftOut: readonly (readonly Fact[])[] = [[], ['bytes'], ['bytes', 'rate'], ['bytes', 'rate', 'share']];

/** How far a command has come, in words. Times are those of a clock in milliseconds. */
export class ProgressView {
  #event: ProgressEvent | undefined;
  /** Objects done of this stage, by model. */
  readonly #done = new Map<string, number>();
  #rate = new Pace(window);
  readonly #left = new TimeLeft();
  #at = 0;

  note(event: ProgressEvent, at: number): void {
    const { stage, model, done, overall } = event;
    if (stage !== this.#event?.stage) {
      this.#done.clear();
      this.#rate = new Pace(window);
      if (this.#event !== undefined) this.#rate.note(0, this.#at);
    }
    this.#event = event;
    this.#at = at;
    this.#done.set(model, stage === 'rows' ? (this.#done.get(model) ?? 0) + done : done);
    if (overall === undefined) return;
    this.#rate.note(overall.done, at);
    this.#left.note(overall.share, at);
  }

  /** A line of its own, where there is no terminal. */
  line(now: number): string {
    return `${this.#what()}: ${this.#facts(now, []).join(', ')}`;
  }

  /** A line with a bar, in so many columns at most. Where there are few, there is no bar, then less of the facts, then of the name. */
  bar(now: number, columns: number): string {
    const what = this.#what();
    const wanted = Math.min(widthOf(what), widestName);
    const choices = leftOut.map((without) => this.#facts(now, without).join(' · '));
    const facts = choices.find((text) => wanted + 1 + widthOf(text) <= columns) ?? choices.at(-1) ?? '';
    const room = columns - widthOf(facts) - 1;
    const name = fit(what, room);
    const rest = Math.min(widest, room - widthOf(name) - 1);
    const bar = rest < narrowest ? '' : `${this.#drawn(rest)} `;
    return fit(`${name === '' ? '' : `${name} `}${bar}${facts}`, columns);
  }

  /** No name may move the cursor. */
  #what(): string {
    const { stage = 'plan', model = '' } = this.#event ?? {};
    return `${stages[stage]} ${model}`.replace(/\p{Cc}/gu, '?');
  }

  #rows(): string {
    const { stage, model = '', total, overall } = this.#event ?? {};
    // The walk counts all models, and nobody knows yet what there is of one.
    const [done, all, exact] =
      stage === 'closure' && overall !== undefined
        ? [overall.done, overall.total, overall.exact]
        : [this.#done.get(model) ?? 0, total, true];
    return `${countText(done)}${all === undefined ? '' : ` of ${exact ? '' : 'about '}${countText(all)}`}`;
  }

  #facts(now: number, without: readonly Fact[]): readonly string[] {
    const { overall } = this.#event ?? {};
    const { perSecond } = this.#rate;
    const left = this.#left.at(now);
    const facts: readonly (readonly [Fact, string | undefined])[] = [
      ['rows', this.#rows()],
      ['share', overall && `${String(Math.floor(overall.share * 100))} %`],
      ['rate', perSecond === undefined ? undefined : `${countText(perSecond)} objects/s`],
      ['bytes', overall === undefined || overall.bytes === 0 ? undefined : bytesText(overall.bytes)],
      ['left', left === undefined ? undefined : `${durationText(left)} left`],
    ];
    return facts.flatMap(([name, text]) => (text === undefined || without.includes(name) ? [] : [text]));
  }

  #drawn(columns: number): string {
    const full = Math.round((this.#event?.overall?.share ?? 0) * columns);
    return '█'.repeat(full) + '░'.repeat(columns - full);
  }
}
