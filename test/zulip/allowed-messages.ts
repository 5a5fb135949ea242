import type { Asked } from './asked.js';
import type { Message, Server, Stream } from './random-realms.js';
import { internal } from './random-realms.js';

/** The messages that leave by the rules of Portolan, each decided by itself: who wrote it, whom to, and who has read or can read it. */
export function allowedMessages(server: Server, { realms, mode, people }: Asked): readonly number[] {
  const facts = factsOf(server);
  const isOwn = (user: number): boolean => realms.includes(facts.realmOf(user));
  const isBot = (user: number): boolean => facts.realmOf(user) === internal;
  const canRead = (person: number, message: Message): boolean => {
    const stream = facts.streamOf(message);
    const isIn = server.subscriptions.some((one) => one.user === person && one.stream === stream?.id && one.active);
    const seesAll = stream !== undefined && isIn && (stream.isPrivate === false || stream.sharesHistory);
    const isWrittenTo = message.to.kind === 'user' && message.to.id === person;
    return message.sender === person || isWrittenTo || message.delivered.includes(person) || seesAll;
  };
  const leaves = (message: Message): boolean => {
    const { sender, to } = message;
    const stream = facts.streamOf(message);
    if (!isOwn(sender) && !isBot(sender)) return false;
    if (to.kind === 'user' && !isOwn(to.id) && !(isBot(to.id) && isOwn(sender))) return false;
    if (to.kind === 'stream' && (stream === undefined || !realms.includes(stream.realm))) return false;
    if (to.kind === 'huddle' && !facts.membersOf(message).every(isOwn)) return false;
    const isPublic = stream?.isPrivate === false;
    switch (mode) {
      case 'full':
        return true;
      case 'public':
        return isPublic;
      case 'consent':
        return isPublic || people.some((person) => canRead(person, message));
      case 'users':
        return people.some((person) => canRead(person, message));
      case 'people':
        return people.some((person) => message.delivered.includes(person));
    }
  };
  return server.messages.filter(leaves).map(({ id }) => id);
}

/** The messages of Zulip's own export, by its two questions: what was received, and what was sent to others. */
export function zulipMessages(server: Server, { realms, mode, people }: Asked): readonly number[] {
  const facts = factsOf(server);
  const all = server.users.filter(({ realm }) => realms.includes(realm));
  const us = new Set(all.filter(({ id, isDummy }) => !isDummy && (mode !== 'users' || people.includes(id))).map(({ id }) => id));
  const senders = new Set([
    ...all.map(({ id }) => id),
    ...server.users.filter(({ realm }) => realm === internal).map(({ id }) => id),
  ]);
  const isSafe = (message: Message): boolean => facts.membersOf(message).every((user) => realms.includes(facts.realmOf(user)));
  const hasSubscription = (user: number, message: Message): boolean => {
    switch (message.to.kind) {
      case 'user':
        return message.to.id === user;
      case 'stream':
        return server.subscriptions.some((one) => one.user === user && one.stream === message.to.id);
      case 'huddle':
        return facts.membersOf(message).includes(user);
    }
  };
  const isExported = (message: Message): boolean =>
    (message.to.kind !== 'huddle' || isSafe(message)) && [...us].some((user) => hasSubscription(user, message));
  const sentBy = (group: ReadonlySet<number>, { sender, to }: Message): boolean =>
    group.has(sender) && to.kind === 'user' && senders.has(to.id) && !group.has(to.id);
  const consenting = new Set(people);
  const leaves = (message: Message): boolean => {
    const isReceived = senders.has(message.sender) && isExported(message);
    const isPublic = facts.streamOf(message)?.isPrivate === false;
    switch (mode) {
      case 'full':
      case 'users':
        return isReceived || sentBy(us, message);
      case 'public':
        return isReceived && isPublic;
      case 'consent':
        return (isReceived && (isPublic || people.some((user) => hasSubscription(user, message)))) || sentBy(consenting, message);
      case 'people':
        return people.some((user) => message.delivered.includes(user));
    }
  };
  return server.messages.filter(leaves).map(({ id }) => id);
}

interface Facts {
  realmOf(user: number): number;
  streamOf(message: Message): Stream | undefined;
  membersOf(message: Message): readonly number[];
}

function factsOf({ users, streams, huddles }: Server): Facts {
  const realms = new Map(users.map(({ id, realm }) => [id, realm]));
  return {
    realmOf: (user) => realms.get(user) ?? 0,
    streamOf: ({ to }) => (to.kind === 'stream' ? streams.find(({ id }) => id === to.id) : undefined),
    membersOf: ({ to }) => (to.kind === 'huddle' ? (huddles[to.id - 70] ?? []) : []),
  };
}
