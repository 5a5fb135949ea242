/** What a long command tells while it runs. */
export interface ProgressEvent {
  readonly stage: 'closure' | 'rows' | 'plan' | 'apply' | 'links' | 'verify' | 'read' | 'compare' | 'merge';
  /** What is worked on. */
  readonly model: string;
  /** Objects done of this model and stage; `rows` tells those since its last event, `closure` those of all models. */
  readonly done: number;
  readonly total: number | undefined;
  /** How far the whole command has come. Events of `exportObjects`, `explainObjects` and `importObjects` have it. */
  readonly overall?: OverallProgress | undefined;
}

export interface OverallProgress {
  /** Objects done of this stage, of all models. */
  readonly done: number;
  /** Objects that the stage will have done; undefined where nothing tells. */
  readonly total: number | undefined;
  /** False where `total` is an estimate: from the catalog's figures, or from the share of the archive that was read. */
  readonly exact: boolean;
  /** Bytes of the archive before compression: written so far by an export, read in the latest pass by an import; 0 before. */
  readonly bytes: number;
  /** About which share of the command's work is done, from 0 to 1; it never falls. */
  readonly share: number;
}

export type OnProgress = (event: ProgressEvent) => void;
