import type { ZulipTable } from './table.js';

/** Tables whose rows leave with a realm. Zulip 2.1 and the commit 5dfd4ea38d differ by columns: those of both stand here. */
export const leavingTables: readonly ZulipTable[] = Object.freeze([
  { table: 'analytics_realmcount', model: 'analytics.RealmCount', columns: 'id realm_id property end_time value subgroup' },
  {
    table: 'analytics_streamcount',
    model: 'analytics.StreamCount',
    columns: 'id realm_id stream_id property end_time value subgroup',
  },
  {
    table: 'zerver_attachment',
    model: 'zerver.Attachment',
    columns: 'id file_name path_id create_time owner_id is_realm_public realm_id size',
  },
  { table: 'zerver_botconfigdata', model: 'zerver.BotConfigData', columns: 'id key !value bot_profile_id' },
  { table: 'zerver_botstoragedata', model: 'zerver.BotStorageData', columns: 'id key value bot_profile_id' },
  { table: 'zerver_client', model: 'zerver.Client', columns: 'id name' },
  {
    table: 'zerver_customprofilefield',
    model: 'zerver.CustomProfileField',
    columns: 'id name field_type realm_id hint field_data order',
  },
  {
    table: 'zerver_customprofilefieldvalue',
    model: 'zerver.CustomProfileFieldValue',
    columns: 'id value field_id user_profile_id rendered_value',
  },
  { table: 'zerver_huddle', model: 'zerver.Huddle', columns: 'id huddle_hash' },
  {
    table: 'zerver_message',
    model: 'zerver.Message',
    columns: [
      'id subject content rendered_content rendered_content_version last_edit_time edit_history has_attachment',
      'has_image has_link recipient_id sender_id sending_client_id ~search_tsvector date_sent ~search_pgroonga',
    ].join(' '),
  },
  {
    table: 'zerver_mutedtopic',
    model: 'zerver.MutedTopic',
    columns: 'id topic_name recipient_id stream_id user_profile_id date_muted',
  },
  {
    table: 'zerver_reaction',
    model: 'zerver.Reaction',
    columns: 'id user_profile_id message_id emoji_name emoji_code reaction_type',
  },
  {
    table: 'zerver_realm',
    model: 'zerver.Realm',
    columns: [
      'id name emails_restricted_to_domains invite_required invite_by_admins_only mandatory_topics',
      'digest_emails_enabled name_changes_disabled date_created deactivated notifications_stream_id',
      'allow_message_editing message_content_edit_limit_seconds default_language string_id org_type',
      'message_retention_days authentication_methods waiting_period_threshold add_emoji_by_admins_only',
      'icon_source icon_version email_changes_disabled description inline_image_preview inline_url_embed_preview',
      'allow_edit_history allow_message_deleting signup_notifications_stream_id max_invites',
      'message_visibility_limit upload_quota_gb send_welcome_emails bot_creation_policy',
      'disallow_disposable_email_addresses allow_community_topic_editing default_twenty_four_hour_time',
      'google_hangouts_domain message_content_delete_limit_seconds plan_type email_address_visibility',
      'first_visible_message_id logo_source logo_version !zoom_api_key !zoom_api_secret zoom_user_id',
      'message_content_allowed_in_email_notifications night_logo_source night_logo_version digest_weekday',
      'invite_to_stream_policy avatar_changes_disabled create_stream_policy video_chat_provider',
      'user_group_edit_policy private_message_policy',
    ].join(' '),
  },
  {
    table: 'zerver_realmauditlog',
    model: 'zerver.RealmAuditLog',
    columns: [
      'id backfilled event_time acting_user_id modified_stream_id modified_user_id realm_id extra_data',
      'event_last_message_id event_type',
    ].join(' '),
  },
  {
    table: 'zerver_scheduledmessage',
    model: 'zerver.ScheduledMessage',
    columns: [
      'id subject content scheduled_timestamp delivered realm_id recipient_id sender_id sending_client_id',
      'stream_id delivery_type',
    ].join(' '),
  },
  { table: 'zerver_service', model: 'zerver.Service', columns: 'id name base_url !token interface user_profile_id' },
  {
    table: 'zerver_stream',
    model: 'zerver.Stream',
    columns: [
      'id name invite_only -email_token description date_created deactivated realm_id is_in_zephyr_realm',
      'history_public_to_subscribers is_web_public is_announcement_only rendered_description first_message_id',
      'message_retention_days recipient_id stream_post_policy',
    ].join(' '),
  },
  { table: 'zerver_submessage', model: 'zerver.SubMessage', columns: 'id msg_type content message_id sender_id' },
  {
    table: 'zerver_subscription',
    model: 'zerver.Subscription',
    columns: [
      'id active color desktop_notifications audible_notifications recipient_id user_profile_id pin_to_top',
      'push_notifications email_notifications is_muted wildcard_mentions_notify',
    ].join(' '),
  },
  { table: 'zerver_useractivity', model: 'zerver.UserActivity', columns: 'id query count last_visit client_id user_profile_id' },
  { table: 'zerver_useractivityinterval', model: 'zerver.UserActivityInterval', columns: 'id start end user_profile_id' },
  { table: 'zerver_usergroup', model: 'zerver.UserGroup', columns: 'id name realm_id description' },
  { table: 'zerver_usergroupmembership', model: 'zerver.UserGroupMembership', columns: 'id user_group_id user_profile_id' },
  { table: 'zerver_userhotspot', model: 'zerver.UserHotspot', columns: 'id hotspot timestamp user_id' },
  { table: 'zerver_usermessage', model: 'zerver.UserMessage', columns: 'flags message_id user_profile_id id' },
  {
    table: 'zerver_userpresence',
    model: 'zerver.UserPresence',
    columns: 'id timestamp status client_id user_profile_id realm_id',
  },
  {
    table: 'zerver_userprofile',
    model: 'zerver.UserProfile',
    columns: [
      'id -password last_login is_superuser email is_staff is_active is_bot date_joined is_mirror_dummy',
      'full_name short_name pointer last_pointer_updater -api_key enable_stream_desktop_notifications',
      'enable_stream_audible_notifications enable_desktop_notifications enable_sounds',
      'enable_offline_email_notifications enable_offline_push_notifications enable_digest_emails last_reminder',
      'rate_limits default_all_public_streams enter_sends twenty_four_hour_time avatar_source tutorial_status',
      'onboarding_steps alert_words bot_owner_id default_events_register_stream_id default_sending_stream_id',
      'realm_id left_side_userlist is_api_super_user bot_type default_language tos_version',
      'enable_online_push_notifications pm_content_in_desktop_notifications avatar_version timezone emojiset',
      'last_active_message_id long_term_idle high_contrast_mode enable_stream_push_notifications night_mode',
      'enable_stream_email_notifications realm_name_in_notifications translate_emoticons',
      'message_content_in_email_notifications dense_mode delivery_email starred_message_counts is_billing_admin',
      'enable_login_emails notification_sound fluid_layout_width demote_inactive_streams avatar_hash',
      'desktop_icon_count_display role wildcard_mentions_notify recipient_id',
    ].join(' '),
  },
  {
    table: 'zerver_userstatus',
    model: 'zerver.UserStatus',
    columns: 'id timestamp status client_id user_profile_id status_text',
  },
]);
