/** A table of Zulip's: what its model is called, which columns it can have, and why its rows stay at home, where they do. */
export interface ZulipTable {
  readonly table: string;
  /** `zerver.Realm`: Zulip's own name. */
  readonly model: string;
  /**
   * Each column that a version of Zulip has, all of them: `-password` never leaves; `!token` is a secret, withheld unless asked for;
   * `~search_tsvector` is computed from others.
   */
  readonly columns: string;
  /** Set where no row leaves: the reason. */
  readonly stays?: string;
}
