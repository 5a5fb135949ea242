/** Which of the realms' data are to leave: what the seeds and the options came to. */
export interface Selection {
  /** The schema of Zulip's tables, quoted. */
  readonly schema: string;
  /** Keys of the realms; of single users, those of their realms. */
  readonly realms: readonly number[];
  readonly mode: Mode;
  /**
   * `consent`: who reacted; `users`: who leaves as a person; `people`: the seeds. Elsewhere nobody is told apart from the others.
   */
  readonly people: readonly number[];
  /** Channels that these people are or were in, wrote to or got messages from. */
  readonly streams: readonly number[];
  /** Whether exactly the rows leave that Zulip itself would take. */
  readonly parity: boolean;
  /** Models of which nothing is to leave. */
  readonly off: readonly string[];
}

/** `people`: single users, without their realm. */
export type Mode = 'full' | 'public' | 'consent' | 'users' | 'people';
