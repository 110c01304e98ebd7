/* Written by tools/web_tables --write; do not edit.
 *
 * table.ts - what the browser client knows of the protocol, made of the tables of the C sources:
 * src/wire/messages.def, fields.def and entries.def, src/base/codes.def, rules.def and limits.h.
 * Names of fields, codes and limits are in camelCase; keys of maps and rules as they are sent. */

export type Kind = "request" | "response" | "update" | "client_update";
export type FieldType = "STRING" | "UNSIGNED" | "SAMPLES" | "BYTES";

/** Types of the positional fields; all others are strings. */
export const FIELD_TYPES = {
  channels: "UNSIGNED",
  sampleRate: "UNSIGNED",
  samples: "SAMPLES",
  lost: "UNSIGNED",
  seq: "UNSIGNED",
  messageId: "UNSIGNED",
  seconds: "UNSIGNED",
  days: "UNSIGNED",
  kept: "UNSIGNED",
  place: "UNSIGNED",
  newcomers: "UNSIGNED",
  session: "UNSIGNED",
  codesLeft: "UNSIGNED",
  invitationId: "UNSIGNED",
  hookId: "UNSIGNED",
  report: "UNSIGNED",
  p256dh: "BYTES",
  auth: "BYTES",
  withText: "UNSIGNED",
  fileId: "UNSIGNED",
  size: "UNSIGNED",
  generation: "UNSIGNED",
  offset: "UNSIGNED",
  bytes: "BYTES",
  sha256: "BYTES",
} as const;

/** Kind, action and positional fields of all messages but requests. As text they are smaller than as
 * objects, and each page loads them. */
export const MESSAGES: readonly string[] = [
  "response login username token",
  "response attach username",
  "update whisper sender content",
  "update msg_group groupName sender content",
  "update voice_msg sender channels sampleRate samples",
  "response join_call groupName",
  "client_update call_data username token groupName samples",
  "update call_data sender samples",
  "client_update call_report username token person lost",
  "update call_report sender lost",
  "response fetch_voice channels sampleRate samples",
  "update edit sender conversation seq content",
  "update delete sender conversation seq",
  "update mark_read sender conversation seq",
  "update mark_played sender conversation seq",
  "update delivered sender messageId",
  "client_update typing username token conversation",
  "update typing sender conversation",
  "update presence sender state",
  "update profile sender item value",
  "response create_talk groupName",
  "response invite invitation",
  "update group_event groupName sender event",
  "response second_factor state codesLeft",
  "response begin_totp secret",
  "response add_device_password secret",
  "response make_link link",
  "response login_by_link username token",
  "update session_moved username",
  "update session_ended username reason",
  "update call_left groupName reason",
  "update ring sender conversation state",
  "response invite_user invitation",
  "response create_bot secret",
  "response renew_bot secret",
  "response create_hook secret",
  "update react sender conversation seq emoji",
  "update unreact sender conversation seq emoji",
  "update settings username",
  "response notify level",
  "update notify conversation level",
  "response quiet_hours hours",
  "update quiet_hours hours",
  "response push_key key",
  "response subscribe_push session",
  "response upload fileId generation",
  "response resume_upload generation offset",
  "response upload_chunk offset",
  "response fetch_file size offset bytes",
  "response fetch_thumbnail bytes",
  "response link_file link",
  "response fetch_linked size offset bytes",
  "response write_linked offset",
  "response verify_audit head",
  "response reset_password link",
  "response set_password username",
];

/** Requests that begin with username and token. */
export const REQUESTS = `
attach add_contact whisper create_group join_group msg_group voice_msg join_call leave_call received
conversations history search fetch_voice edit versions delete mark_read mark_played contacts remove_contact
block unblock set_presence set_profile profile directory people groups members leave_group set_role kick ban
unban mute set_topic set_access set_retention create_talk set_writers set_here set_slow_mode set_versions
place_group set_heading set_newcomers set_up set_admin invite change_password delete_account export sessions
revoke_session rename_session second_factor begin_totp confirm_totp end_totp renew_codes device_passwords
add_device_password remove_device_password make_link confirm_link refuse_call invite_user invitations
withdraw_invitation create_bot bots renew_bot delete_bot add_bot create_hook hooks remove_hook react unreact
pin unpin pins settings notify quiet_hours push_key subscribe_push unsubscribe_push mentions upload
resume_upload upload_chunk end_upload drop_upload fetch_file add_thumbnail fetch_thumbnail link_file users
end_sessions ban_from_server unban_from_server server_bans audit verify_audit rename_user remove_user
reset_password report reports resolve_report server_groups server_invitations end_invitation`;

/** The rest of them. */
export const OTHER_REQUESTS = `
register login logout login_by_link post_hook fetch_linked write_linked set_password`;

/** Response codes. */
export const enum Code {
  success = 0,
  identityNotConnected = 255,
  identityAlreadyConnected = 256,
  userAlreadyConnected = 511,
  userNotConnected = 512,
  userAlreadyExist = 513,
  userDoesNotExist = 514,
  userWrongPassword = 515,
  userIncorrectIdentity = 516,
  userIncorrectToken = 517,
  userCodeMissing = 518,
  groupAlreadyExist = 767,
  groupDoesNotExist = 768,
  groupMemberAlreadyExist = 769,
  groupMemberDoesNotExist = 770,
  badRequest = 1023,
  unknownAction = 1024,
  tooLarge = 1025,
  rateLimited = 1026,
  forbidden = 1027,
  invalidName = 1028,
  unavailable = 1029,
  conflict = 1030,
  unknownOutcome = 1031,
  callNotJoined = 1279,
  callAlreadyJoined = 1280,
  callFull = 1281,
  callNotReachable = 1282,
  callBusy = 1283,
}

/** Bytes, milliseconds and numbers of src/base/limits.h. */
export const enum Limit {
  webMin = 1,
  nameMax = 64,
  passwordMin = 8,
  passwordMax = 256,
  messageMax = 65536,
  voiceMessageMax = 16777216,
  callDataMax = 16384,
  contentBytesMax = 16384,
  contentCodePointsMax = 4000,
  voiceSecondsMax = 120,
  voiceRateMax = 48000,
  msgpackDepthMax = 8,
  msgpackMapKeysMax = 32,
  requestsInFlightMax = 64,
  retriesMax = 64,
  codeDigits = 6,
  deviceNameMax = 64,
  clientNameMax = 64,
  listMax = 200,
  historyDefault = 50,
  previewBytesMax = 256,
  topicMax = 256,
  emojiBytesMax = 64,
  reactionsMax = 20,
  quoteBytesMax = 128,
  pinsMax = 50,
  queryMax = 256,
  statusMax = 128,
  displayMax = 64,
  statusDaysMax = 366,
  headingMax = 64,
  mentionsMax = 50,
  mutedUntilMax = 9007199254740991,
  ringMs = 45000,
  callSeatMs = 10000,
  callMembersMax = 25,
  fileChunkMax = 49152,
  fileNameMax = 255,
  uploadsPerUser = 4,
  thumbnailMax = 32768,
  thumbnailSideMax = 512,
  picturePixelsMax = 50000000,
  fileLinkMs = 300000,
  reconnectMinMs = 1000,
  reconnectMaxMs = 30000,
  connectMs = 10000,
  opusPacketMax = 1275,
  callPacketHeader = 8,
  opusPacketMsMax = 60,
  oggOpusFileMax = 1048576,
  waveformLevels = 64,
  callFramesPerS = 120,
  callConcealMax = 3,
  listRate = 44100,
  jitterPacketsMax = 64,
  jitterWindow = 256,
  jitterTargetMsMin = 5,
  jitterTargetMsMax = 200,
  jitterSequenceJumpMax = 1000,
  jitterGapMsMax = 10000,
  jitterConcealMsMax = 100,
  listBufferMsMax = 300,
}
