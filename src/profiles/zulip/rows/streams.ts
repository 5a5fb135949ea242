import type { Selection } from './selection.js';
import { keys, table } from './sql.js';

/** Channels whose messages everybody in the realm may read. What is not known to be public is private. */
export function publicStreams(selection: Selection): string {
  return `SELECT s.id FROM ${table(selection, 'stream')} s WHERE s.realm_id IN ${keys(selection.realms)} AND s.invite_only = false`;
}

/** That a channel leaves, by its key: a private one only where somebody whose data leave knows it. */
export function streamLeaves(selection: Selection, id: string): string {
  const { realms, mode, streams } = selection;
  switch (mode) {
    case 'full':
      return `${id} IN (SELECT s.id FROM ${table(selection, 'stream')} s WHERE s.realm_id IN ${keys(realms)})`;
    case 'public':
      return `${id} IN (${publicStreams(selection)})`;
    case 'consent':
      return `${id} IN (${publicStreams(selection)}) OR ${id} IN ${keys(streams)}`;
    case 'users':
    case 'people':
      return `${id} IN ${keys(streams)}`;
  }
}
