/** Tables that Zulip's own export leaves at home, and whose rows leave all the same, as data would be lost: by the option that keeps them there. */
export const optionalTables: Readonly<Record<string, { readonly model: string; readonly what: string }>> = Object.freeze({
  submessages: { model: 'zerver.SubMessage', what: 'what was answered to polls and to-do lists' },
  'user-status': { model: 'zerver.UserStatus', what: 'what people say of where they are' },
  'scheduled-messages': { model: 'zerver.ScheduledMessage', what: 'messages that are to be sent later' },
  'default-stream-groups': { model: 'zerver.DefaultStreamGroup', what: 'groups of default channels' },
});
