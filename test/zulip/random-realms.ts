import fc from 'fast-check';

/** A made-up server: what its people did, one thing after another, and what is in its tables then. */
export interface Server {
  readonly users: readonly User[];
  readonly streams: readonly Stream[];
  readonly huddles: readonly (readonly number[])[];
  readonly subscriptions: readonly { readonly user: number; readonly stream: number; readonly active: boolean }[];
  readonly messages: readonly Message[];
  /** Of each attachment, the messages that carry it. */
  readonly attachments: readonly { readonly owner: number; readonly messages: readonly number[] }[];
}

export interface User {
  readonly id: number;
  readonly realm: number;
  readonly isBot: boolean;
  readonly isDummy: boolean;
}

export interface Stream {
  readonly id: number;
  readonly realm: number;
  /** Undefined where the table says nothing. */
  readonly isPrivate: boolean | undefined;
  readonly sharesHistory: boolean;
}

export interface Message {
  readonly id: number;
  readonly sender: number;
  readonly to: { readonly kind: 'user' | 'stream' | 'huddle'; readonly id: number };
  /** Who got it. */
  readonly delivered: readonly number[];
  readonly isEdited: boolean;
}

/** The realm of the bots that serve all. */
export const internal = 1;

const systemBots: readonly User[] = [1, 2, 3].map((id) => ({ id, realm: internal, isBot: true, isDummy: false }));

const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), user: fc.nat(11), stream: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), user: fc.nat(11), stream: fc.nat(7) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      user: fc.nat(14),
      stream: fc.nat(7),
      mentioned: fc.option(fc.nat(11), { freq: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('direct' as const), user: fc.nat(14), other: fc.nat(14) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('huddle' as const), user: fc.nat(14), huddle: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), message: fc.nat(60) }) },
);

export const randomServer: fc.Arbitrary<Server> = fc
  .record({
    dummies: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    streams: fc.array(fc.record({ isPrivate: fc.constantFrom(true, true, false, undefined), sharesHistory: fc.boolean() }), {
      minLength: 8,
      maxLength: 8,
    }),
    huddles: fc.array(fc.uniqueArray(fc.nat(14), { minLength: 3, maxLength: 4 }), { minLength: 4, maxLength: 4 }),
    events: fc.array(event, { minLength: 20, maxLength: 60 }),
    attached: fc.array(fc.array(fc.nat(60), { maxLength: 2 }), { maxLength: 4 }),
  })
  .map(({ dummies, streams: drawn, huddles: groups, events, attached }) => {
    const people = dummies.map((isDummy, at): User => ({
      id: 10 + at,
      realm: 2 + (at % 2),
      isBot: false,
      isDummy: isDummy && at > 7,
    }));
    const users = [...systemBots, ...people];
    const streams = drawn.map((one, at): Stream => ({ id: 50 + at, realm: 2 + (at % 2), ...one }));
    const inRealm = (at: number, realm: number): User =>
      pick(
        people.filter((one) => one.realm === realm),
        at,
      );
    const sender = (at: number, realm: number): User => (at < 12 ? inRealm(at, realm) : pick(systemBots, at));
    // Now and then somebody of another realm is in.
    const huddles = groups.map((ats, at) => {
      const members = at === 0 ? ats.map((one) => pick(users, one)) : ats.map((one) => inRealm(one, 2 + (at % 2)));
      return [...new Set(members.map(({ id }) => id))].sort((a, b) => a - b);
    });
    const subscribed = new Map<string, { user: number; stream: number; active: boolean }>();
    const messages: Message[] = [];
    const post = (from: number, to: Message['to'], delivered: readonly number[]): void => {
      const readers = [...new Set(delivered)].sort((a, b) => a - b);
      messages.push({ id: 100 + messages.length, sender: from, to, delivered: readers, isEdited: false });
    };
    for (const one of events) {
      if (one.kind === 'join' || one.kind === 'leave') {
        const stream = pick(streams, one.stream);
        const user = inRealm(one.user, stream.realm);
        const id = `${String(user.id)} ${String(stream.id)}`;
        if (one.kind === 'join' || subscribed.has(id))
          subscribed.set(id, { user: user.id, stream: stream.id, active: one.kind === 'join' });
      } else if (one.kind === 'post') {
        const stream = pick(streams, one.stream);
        const readers = [...subscribed.values()].filter((sub) => sub.stream === stream.id && sub.active).map(({ user }) => user);
        const mentioned = one.mentioned === null || stream.isPrivate !== false ? [] : [inRealm(one.mentioned, stream.realm).id];
        post(sender(one.user, stream.realm).id, { kind: 'stream', id: stream.id }, [...readers, ...mentioned]);
      } else if (one.kind === 'edit') {
        const at = one.message % Math.max(1, messages.length);
        const edited = messages[at];
        if (edited !== undefined) messages[at] = { ...edited, isEdited: true };
      } else if (one.kind === 'direct') {
        const from = pick(users, one.user);
        const other =
          from.realm === internal
            ? pick(people, one.other)
            : one.other > 11
              ? pick(systemBots, one.other)
              : inRealm(one.other, from.realm);
        post(from.id, { kind: 'user', id: other.id }, [from.id, other.id]);
      } else {
        const members = pick(huddles, one.huddle);
        post(
          pick(members, one.user),
          {
            kind: 'huddle',
            id: pick(
              huddles.map((_, at) => 70 + at),
              one.huddle,
            ),
          },
          members,
        );
      }
    }
    const realmOf = new Map(users.map(({ id, realm }) => [id, realm]));
    const attachments = attached.map((ats, at) => {
      const owner = pick(people, at);
      const own = messages.filter(({ sender: from }) => realmOf.get(from) === owner.realm);
      const carrying = own.length === 0 ? [] : [...new Set(ats.map((place) => pick(own, place).id))].sort((a, b) => a - b);
      return { owner: owner.id, messages: carrying };
    });
    return { users, streams, huddles, subscriptions: [...subscribed.values()], messages, attachments };
  });

function pick<T>(some: readonly T[], at: number): T {
  const found = some[at % some.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
