/** What a long command tells while it runs. */
export interface ProgressEvent {
  readonly stage: 'closure' | 'rows' | 'plan' | 'apply' | 'verify';
  readonly model: string;
  /** Objects done of this model and stage. */
  readonly done: number;
  readonly total: number | undefined;
}

export type OnProgress = (event: ProgressEvent) => void;
