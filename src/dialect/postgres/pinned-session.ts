import type { Session } from '../session.js';

/** A session whose transaction its opener ends. */
export interface PinnedSession extends Session {
  /** Makes this transaction's snapshot available to others, until it ends. */
  exportSnapshot(): Promise<string>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Rolls back what is open and gives the connection back; one that is broken or in the middle of a statement is closed. */
  close(): Promise<void>;
}
