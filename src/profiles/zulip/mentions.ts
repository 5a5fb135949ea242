import type { DeclaredReference } from '../../policy/policy.js';

/** What Zulip knows nobody by: it stands where an id would be, and stands for none. */
const noId = Object.freeze({ value: '0' });

/** Paths of uploads in text that people wrote, and in what became of it. */
const upload = '/user_uploads/([^\\s"\'<>()\\[\\]]+)';

/** `@**Name|7**` and `@_**Name|7**`: which of several people of that name is meant. */
const namesake = '@_?\\*\\*[^*]+\\|(\\d+)\\*\\*';

/** HTML as Zulip renders it, in which a tag is one and text has no "<"; `quote` and `slash` as they are written there. */
const rendered = (quote = '"', slash = '/'): readonly (readonly [pattern: string, to: string])[] => {
  const attribute = (name: string): string => `<[^<>]* ${name}=${quote}`;
  // Links to other servers have an address before them; to this one, without the slash where people pasted them with its address.
  const narrow = `${attribute('href')}(?:${slash})?#narrow${slash}`;
  return [
    [`${attribute('data-user-id')}(\\d+)${quote}`, 'zerver.UserProfile'],
    [`${attribute('data-user-group-id')}(\\d+)${quote}`, 'zerver.UserGroup'],
    [`${attribute('data-stream-id')}(\\d+)${quote}`, 'zerver.Stream'],
    [`${narrow}stream${slash}(\\d+)`, 'zerver.Stream'],
    [`${narrow}[^"]*${slash}near${slash}(\\d+)`, 'zerver.Message'],
    // Conversations with one: of several, the ids stand in a list.
    [`${narrow}(?:pm-with|sender)${slash}(\\d+)-`, 'zerver.UserProfile'],
  ];
};

/**
 * Ids that no constraint shows, and that bring no row: followed, an editor of another realm would take the message out of the export, and a
 * place in the stream of messages would bring messages that a mode keeps at home.
 */
export const zulipMentions: readonly DeclaredReference[] = Object.freeze(
  (
    [
      { from: 'zerver.UserProfile.pointer', to: 'zerver.Message', absent: { value: '-1' } },
      { from: 'zerver.UserProfile.last_active_message_id', to: 'zerver.Message' },
      { from: 'zerver.Stream.first_message_id', to: 'zerver.Message' },
      { from: 'zerver.RealmAuditLog.event_last_message_id', to: 'zerver.Message' },
      { from: 'zerver.Realm.first_visible_message_id', to: 'zerver.Message', absent: noId },
      {
        from: 'zerver.Reaction.emoji_code',
        to: 'zerver.RealmEmoji',
        when: { column: 'reaction_type', value: 'realm_emoji' },
        absent: noId,
      },
      // NULL is the sum of all clients there.
      ...['RealmCount', 'UserCount', 'StreamCount'].map((count) => ({
        from: `analytics.${count}.subgroup`,
        to: 'zerver.Client',
        when: { column: 'property', value: 'messages_sent:client:day' },
        absent: 'keep' as const,
      })),
      { from: 'zerver.Message.edit_history', to: 'zerver.UserProfile', path: '$[*].user_id' },
      // Which fields hold users is told by their own rows; what is a list of numbers in JSON no other type of field holds but free text.
      { from: 'zerver.CustomProfileFieldValue.value', to: 'zerver.UserProfile', path: '$[*]', absent: noId },
      // HTML within JSON.
      ...rendered('\\\\"', '\\\\?/').map(([pattern, to]) => ({ from: 'zerver.Message.edit_history', to, pattern, absent: noId })),
      ...['zerver.Message.rendered_content', 'zerver.Stream.rendered_description'].flatMap((from) =>
        rendered().map(([pattern, to]) => ({ from, to, pattern, absent: noId })),
      ),
      ...['zerver.Message.content', 'zerver.ScheduledMessage.content', 'zerver.Message.rendered_content'].map((from) => ({
        ...{ from, to: 'zerver.Attachment.path_id', pattern: upload },
      })),
      ...['zerver.Message.content', 'zerver.Message.edit_history', 'zerver.ScheduledMessage.content'].map((from) => ({
        ...{ from, to: 'zerver.UserProfile', pattern: namesake, absent: noId },
      })),
      // Whose option of a poll somebody voted for, and whose task of a to-do list is done.
      ...['"type": ?"vote", ?"key": ?"(\\d+),\\d+"', '"type": ?"strike", ?"key": ?"\\d+,(\\d+)"'].map((pattern) => ({
        ...{ from: 'zerver.SubMessage.content', to: 'zerver.UserProfile', pattern, absent: noId },
      })),
    ] satisfies readonly DeclaredReference[]
  ).map((one) => Object.freeze({ ...one, mention: true as const })),
);
