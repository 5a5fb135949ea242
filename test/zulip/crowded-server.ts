import type { Message, Server } from './random-realms.js';
import { internal } from './random-realms.js';

const user = (id: number, more: Partial<Server['users'][number]> = {}): Server['users'][number] => ({
  id,
  realm: id % 2 === 0 ? 2 : 3,
  isBot: false,
  isDummy: false,
  ...more,
});

const message = (id: number, sender: number, to: Message['to'], delivered: readonly number[]): Message => ({
  id,
  sender,
  to,
  delivered,
  isEdited: false,
});
const inStream = (id: number, stream: number, delivered: readonly number[], sender = 12): Message =>
  message(id, sender, { kind: 'stream', id: stream }, delivered);
const direct = (id: number, sender: number, to: number): Message =>
  message(
    id,
    sender,
    { kind: 'user', id: to },
    [...new Set([sender, to])].sort((a, b) => a - b),
  );

/** A server on which everything happens once that a rule is about, seen by 10, who consents, leaves or is asked for. */
export const crowdedServer: Server = {
  users: [...[1, 2, 3].map((id) => user(id, { realm: internal, isBot: true })), ...[10, 11, 12, 13, 14].map((id) => user(id))],
  streams: [
    // 10 was never in it.
    { id: 50, realm: 2, isPrivate: true, sharesHistory: true },
    { id: 51, realm: 3, isPrivate: false, sharesHistory: true },
    // 10 came later.
    { id: 52, realm: 2, isPrivate: true, sharesHistory: false },
    { id: 54, realm: 2, isPrivate: false, sharesHistory: true },
    // Nobody says whether it is private.
    { id: 56, realm: 2, isPrivate: undefined, sharesHistory: true },
    // 10 has left.
    { id: 58, realm: 2, isPrivate: true, sharesHistory: true },
  ],
  huddles: [
    [10, 12, 14],
    [10, 11, 12],
  ],
  subscriptions: [
    { user: 12, stream: 50, active: true },
    { user: 12, stream: 52, active: true },
    { user: 10, stream: 52, active: true },
    { user: 12, stream: 54, active: true },
    { user: 14, stream: 54, active: true },
    { user: 12, stream: 56, active: true },
    { user: 12, stream: 58, active: true },
    { user: 10, stream: 58, active: false },
    { user: 11, stream: 51, active: true },
  ],
  messages: [
    inStream(100, 50, [12]),
    inStream(101, 52, [12]),
    inStream(102, 52, [10, 12]),
    inStream(103, 58, [10, 12]),
    inStream(104, 58, [12]),
    inStream(105, 54, [12, 14]),
    inStream(106, 56, [12]),
    message(107, 12, { kind: 'huddle', id: 70 }, [10, 12, 14]),
    message(108, 10, { kind: 'huddle', id: 71 }, [10, 11, 12]),
    direct(109, 12, 14),
    direct(110, 10, 12),
    direct(111, 12, 10),
    direct(112, 12, 3),
    direct(113, 10, 3),
    inStream(114, 51, [11], 11),
    inStream(115, 54, [12, 14], 1),
    // 10 wrote it, and has it no more.
    inStream(116, 54, [12], 10),
    // Somebody of another realm.
    inStream(117, 54, [12, 14], 11),
  ],
  attachments: [
    { owner: 12, messages: [100] },
    { owner: 12, messages: [100, 105] },
    { owner: 12, messages: [] },
    { owner: 10, messages: [] },
  ],
};
