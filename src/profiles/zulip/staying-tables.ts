import type { ZulipTable } from './table.js';

const progressOfCounting = 'says how far the server has counted';
const ofServer = 'counts the whole server';
const ofDjango = 'permissions of Django, which Zulip does not use';
const endsWithHost = 'links and tokens of invitations and confirmations end with the host';
const ofDjangoItself = 'a table of Django itself';
const setUpAnew = 'second factors are set up anew';
const linkedAnew = 'logins by other services are linked anew';
const deleted = 'holds what was deleted, for a while';
const expires = 'addresses for replies by e-mail expire';
const registersAnew = 'a device registers anew when its owner logs in';
const madeAnew = 'mail that waits is made anew, or is out of date';

/** Tables whose rows never leave, each with Zulip's reason. Those of links stand in `links.ts`. */
export const stayingTables: readonly ZulipTable[] = Object.freeze([
  {
    table: 'analytics_fillstate',
    model: 'analytics.FillState',
    columns: 'id property end_time state',
    stays: progressOfCounting,
  },
  {
    table: 'analytics_installationcount',
    model: 'analytics.InstallationCount',
    columns: 'id property end_time value subgroup',
    stays: ofServer,
  },
  { table: 'analytics_usercount', model: 'analytics.UserCount', columns: 'id realm_id user_id property end_time value subgroup' },
  { table: 'auth_group', model: 'auth.Group', columns: 'id name', stays: ofDjango },
  { table: 'auth_permission', model: 'auth.Permission', columns: 'id name content_type_id codename', stays: ofDjango },
  {
    table: 'confirmation_confirmation',
    model: 'confirmation.Confirmation',
    columns: 'id object_id date_sent confirmation_key content_type_id type realm_id',
    stays: endsWithHost,
  },
  {
    table: 'confirmation_realmcreationkey',
    model: 'confirmation.RealmCreationKey',
    columns: 'id creation_key date_created presume_email_valid',
    stays: endsWithHost,
  },
  { table: 'django_content_type', model: 'contenttypes.ContentType', columns: 'id app_label model', stays: ofDjangoItself },
  { table: 'otp_static_staticdevice', model: 'otp_static.StaticDevice', columns: 'id name confirmed user_id', stays: setUpAnew },
  { table: 'otp_static_statictoken', model: 'otp_static.StaticToken', columns: 'id token device_id', stays: setUpAnew },
  {
    table: 'otp_totp_totpdevice',
    model: 'otp_totp.TOTPDevice',
    columns: [
      'id name confirmed key step t0 digits tolerance drift last_t user_id throttling_failure_count',
      'throttling_failure_timestamp',
    ].join(' '),
    stays: setUpAnew,
  },
  {
    table: 'social_auth_association',
    model: 'social_django.Association',
    columns: 'id server_url handle secret issued lifetime assoc_type',
    stays: linkedAnew,
  },
  { table: 'social_auth_code', model: 'social_django.Code', columns: 'id email code verified timestamp', stays: linkedAnew },
  { table: 'social_auth_nonce', model: 'social_django.Nonce', columns: 'id server_url timestamp salt', stays: linkedAnew },
  {
    table: 'social_auth_partial',
    model: 'social_django.Partial',
    columns: 'id token next_step backend data timestamp',
    stays: linkedAnew,
  },
  {
    table: 'social_auth_usersocialauth',
    model: 'social_django.UserSocialAuth',
    columns: 'id provider uid extra_data user_id',
    stays: linkedAnew,
  },
  {
    table: 'two_factor_phonedevice',
    model: 'two_factor.PhoneDevice',
    columns: 'id name confirmed number key method user_id',
    stays: setUpAnew,
  },
  {
    table: 'zerver_archivedattachment',
    model: 'zerver.ArchivedAttachment',
    columns: 'id file_name path_id is_realm_public create_time size owner_id realm_id',
    stays: deleted,
  },
  {
    table: 'zerver_archivedmessage',
    model: 'zerver.ArchivedMessage',
    columns: [
      'id subject content rendered_content rendered_content_version date_sent last_edit_time edit_history',
      'has_attachment has_image has_link recipient_id sender_id sending_client_id archive_transaction_id',
    ].join(' '),
    stays: deleted,
  },
  {
    table: 'zerver_archivedreaction',
    model: 'zerver.ArchivedReaction',
    columns: 'id emoji_name reaction_type emoji_code message_id user_profile_id',
    stays: deleted,
  },
  {
    table: 'zerver_archivedsubmessage',
    model: 'zerver.ArchivedSubMessage',
    columns: 'id msg_type content message_id sender_id',
    stays: deleted,
  },
  {
    table: 'zerver_archivedusermessage',
    model: 'zerver.ArchivedUserMessage',
    columns: 'id flags message_id user_profile_id',
    stays: deleted,
  },
  {
    table: 'zerver_archivetransaction',
    model: 'zerver.ArchiveTransaction',
    columns: 'id timestamp restored type realm_id',
    stays: deleted,
  },
  { table: 'zerver_defaultstream', model: 'zerver.DefaultStream', columns: 'id realm_id stream_id' },
  { table: 'zerver_defaultstreamgroup', model: 'zerver.DefaultStreamGroup', columns: 'id name realm_id description' },
  {
    table: 'zerver_emailchangestatus',
    model: 'zerver.EmailChangeStatus',
    columns: 'id new_email old_email updated_at status realm_id user_profile_id',
    stays: endsWithHost,
  },
  {
    table: 'zerver_missedmessageemailaddress',
    model: 'zerver.MissedMessageEmailAddress',
    columns: 'id email_token timestamp times_used message_id user_profile_id',
    stays: expires,
  },
  {
    table: 'zerver_multiuseinvite',
    model: 'zerver.MultiuseInvite',
    columns: 'id realm_id referred_by_id invited_as',
    stays: endsWithHost,
  },
  {
    table: 'zerver_preregistrationuser',
    model: 'zerver.PreregistrationUser',
    columns: [
      'id email invited_at status realm_id referred_by_id realm_creation password_required invited_as full_name',
      'full_name_validated',
    ].join(' '),
    stays: endsWithHost,
  },
  {
    table: 'zerver_pushdevicetoken',
    model: 'zerver.PushDeviceToken',
    columns: 'id kind token last_updated ios_app_id user_id',
    stays: registersAnew,
  },
  { table: 'zerver_realmdomain', model: 'zerver.RealmDomain', columns: 'id domain realm_id allow_subdomains' },
  { table: 'zerver_realmemoji', model: 'zerver.RealmEmoji', columns: 'id name realm_id author_id file_name deactivated' },
  { table: 'zerver_realmfilter', model: 'zerver.RealmFilter', columns: 'id pattern url_format_string realm_id' },
  { table: 'zerver_recipient', model: 'zerver.Recipient', columns: 'id type_id type' },
  {
    table: 'zerver_scheduledemail',
    model: 'zerver.ScheduledEmail',
    columns: 'id scheduled_timestamp data address type realm_id',
    stays: madeAnew,
  },
]);
