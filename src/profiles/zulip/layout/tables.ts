/**
 * Zulip's files and their tables, each with its fields in Zulip's order (that of Django's models). Which of them there are, the database
 * says; fields and tables that are not known here come after those that are.
 */
export const realmTables: Readonly<Record<string, string>> = Object.freeze({
  zerver_realm: [
    'id name description string_id date_created deactivated emails_restricted_to_domains invite_required invite_by_admins_only',
    '_max_invites disallow_disposable_email_addresses authentication_methods inline_image_preview inline_url_embed_preview',
    'digest_emails_enabled digest_weekday send_welcome_emails message_content_allowed_in_email_notifications mandatory_topics',
    'add_emoji_by_admins_only name_changes_disabled email_changes_disabled avatar_changes_disabled create_stream_policy',
    'invite_to_stream_policy user_group_edit_policy private_message_policy email_address_visibility waiting_period_threshold',
    'allow_message_deleting message_content_delete_limit_seconds allow_message_editing message_content_edit_limit_seconds',
    'allow_edit_history allow_community_topic_editing default_twenty_four_hour_time default_language notifications_stream',
    'signup_notifications_stream message_retention_days message_visibility_limit first_visible_message_id org_type plan_type',
    'bot_creation_policy upload_quota_gb video_chat_provider google_hangouts_domain zoom_user_id zoom_api_key zoom_api_secret',
    'icon_source icon_version logo_source logo_version night_logo_source night_logo_version',
  ].join(' '),
  zerver_defaultstream: 'id realm stream',
  zerver_customprofilefield: 'id realm name hint order field_type field_data',
  zerver_realmemoji: 'id author realm name file_name deactivated',
  zerver_realmdomain: 'id realm domain allow_subdomains',
  zerver_realmfilter: 'id realm pattern url_format_string',
  zerver_client: 'id name',
  zerver_userprofile: [
    'id last_login is_superuser delivery_email email realm recipient full_name short_name date_joined tos_version pointer',
    'last_pointer_updater is_staff is_active is_billing_admin is_bot bot_type bot_owner role long_term_idle last_active_message_id',
    'is_mirror_dummy is_api_super_user enable_stream_desktop_notifications enable_stream_email_notifications',
    'enable_stream_push_notifications enable_stream_audible_notifications notification_sound wildcard_mentions_notify',
    'enable_desktop_notifications pm_content_in_desktop_notifications enable_sounds enable_offline_email_notifications',
    'message_content_in_email_notifications enable_offline_push_notifications enable_online_push_notifications',
    'desktop_icon_count_display enable_digest_emails enable_login_emails realm_name_in_notifications alert_words last_reminder',
    'rate_limits default_sending_stream default_events_register_stream default_all_public_streams enter_sends left_side_userlist',
    'default_language dense_mode fluid_layout_width high_contrast_mode night_mode translate_emoticons twenty_four_hour_time',
    'starred_message_counts demote_inactive_streams timezone emojiset avatar_source avatar_version avatar_hash tutorial_status',
    'onboarding_steps groups user_permissions',
  ].join(' '),
  zerver_userpresence: 'id user_profile client timestamp status',
  zerver_customprofilefieldvalue: 'id user_profile field value rendered_value',
  zerver_useractivity: 'id user_profile client query count last_visit',
  zerver_useractivityinterval: 'id user_profile start end',
  zerver_realmauditlog:
    'id event_time backfilled extra_data event_type realm acting_user modified_user modified_stream event_last_message_id',
  zerver_userhotspot: 'id user hotspot timestamp',
  zerver_mutedtopic: 'id user_profile stream recipient topic_name date_muted',
  zerver_service: 'id name user_profile base_url token interface',
  zerver_botstoragedata: 'id bot_profile key value',
  zerver_botconfigdata: 'id bot_profile key value',
  zerver_stream: [
    'id name realm date_created deactivated description rendered_description recipient invite_only history_public_to_subscribers',
    'is_web_public is_announcement_only stream_post_policy is_in_zephyr_realm message_retention_days first_message_id',
  ].join(' '),
  zerver_huddle: 'id huddle_hash',
  zerver_recipient: 'id type_id type',
  zerver_subscription: [
    'id user_profile recipient active is_muted color pin_to_top desktop_notifications audible_notifications push_notifications',
    'email_notifications wildcard_mentions_notify',
  ].join(' '),
  zerver_usergroup: 'id name realm description members',
  zerver_usergroupmembership: 'id user_group user_profile',
  zerver_reaction: 'id user_profile emoji_name reaction_type emoji_code message',
});

export const messageTables: Readonly<Record<'zerver_message' | 'zerver_usermessage', string>> = Object.freeze({
  zerver_message: [
    'id sender recipient subject content rendered_content rendered_content_version date_sent sending_client last_edit_time',
    'edit_history has_attachment has_image has_link',
  ].join(' '),
  zerver_usermessage: 'id user_profile message flags_mask',
});

export const attachmentTables: Readonly<Record<'zerver_attachment', string>> = Object.freeze({
  zerver_attachment: 'id file_name path_id owner realm create_time size is_realm_public messages',
});

export const analyticsTables: Readonly<Record<string, string>> = Object.freeze({
  analytics_realmcount: 'id property subgroup end_time value realm',
  analytics_usercount: 'id property subgroup end_time value user realm',
  analytics_streamcount: 'id property subgroup end_time value stream realm',
});
