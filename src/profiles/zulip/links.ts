/** A many-to-many relation of Zulip's, and its join table. */
export interface ZulipLink {
  readonly table: string;
  /** The model that has the relation, and its name there. */
  readonly owner: string;
  readonly member: string;
  readonly ownerColumn: string;
  readonly otherColumn: string;
  readonly other: string;
}

export const zulipLinks: readonly ZulipLink[] = Object.freeze([
  {
    table: 'auth_group_permissions',
    owner: 'auth.Group',
    member: 'permissions',
    ownerColumn: 'group_id',
    otherColumn: 'permission_id',
    other: 'auth.Permission',
  },
  {
    table: 'zerver_archivedattachment_messages',
    owner: 'zerver.ArchivedAttachment',
    member: 'messages',
    ownerColumn: 'archivedattachment_id',
    otherColumn: 'archivedmessage_id',
    other: 'zerver.ArchivedMessage',
  },
  {
    table: 'zerver_attachment_messages',
    owner: 'zerver.Attachment',
    member: 'messages',
    ownerColumn: 'attachment_id',
    otherColumn: 'message_id',
    other: 'zerver.Message',
  },
  {
    table: 'zerver_defaultstreamgroup_streams',
    owner: 'zerver.DefaultStreamGroup',
    member: 'streams',
    ownerColumn: 'defaultstreamgroup_id',
    otherColumn: 'stream_id',
    other: 'zerver.Stream',
  },
  {
    table: 'zerver_multiuseinvite_streams',
    owner: 'zerver.MultiuseInvite',
    member: 'streams',
    ownerColumn: 'multiuseinvite_id',
    otherColumn: 'stream_id',
    other: 'zerver.Stream',
  },
  {
    table: 'zerver_preregistrationuser_streams',
    owner: 'zerver.PreregistrationUser',
    member: 'streams',
    ownerColumn: 'preregistrationuser_id',
    otherColumn: 'stream_id',
    other: 'zerver.Stream',
  },
  {
    table: 'zerver_scheduledemail_users',
    owner: 'zerver.ScheduledEmail',
    member: 'users',
    ownerColumn: 'scheduledemail_id',
    otherColumn: 'userprofile_id',
    other: 'zerver.UserProfile',
  },
  {
    table: 'zerver_userprofile_groups',
    owner: 'zerver.UserProfile',
    member: 'groups',
    ownerColumn: 'userprofile_id',
    otherColumn: 'group_id',
    other: 'auth.Group',
  },
  {
    table: 'zerver_userprofile_user_permissions',
    owner: 'zerver.UserProfile',
    member: 'user_permissions',
    ownerColumn: 'userprofile_id',
    otherColumn: 'permission_id',
    other: 'auth.Permission',
  },
]);
