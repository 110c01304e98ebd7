/* english.ts - every sentence of the client, in English. Another language is another file with the
 * same names. Values that are put into a sentence are parameters: other languages put them elsewhere.
 * What only late parts of the page say is in english_late.ts and english_screens.ts. */

/** Where a screen of src/view/screens is to be, whose own sentences come with it (english_screens.ts). */
export const lateScreen = { notLoaded: "This screen could not be loaded. Check your connection, then open it again.", close: "Close",
  partNotLoaded: "This part of the page could not be loaded. Check your connection, then try again." };

/** The first screen. */
export const first = {
  title: "Chinwag", login: "Log in", register: "Create account", name: "Name", password: "Password",
  code: "Code of the second factor", codeHint: "Six digits of your app, or a recovery code.",
  notMine: "Not my computer", notMineHint: "You are logged out when this page is closed.",
  invitation: "Invitation", invited: "You are invited. Choose a name and a password, and you are in.",
  haveInvitation: "I have an invitation",
  nameHint: "Up to 64 letters, digits and signs, without blanks.", passwordHint: "Longer is better: some words that you can remember.",
  wrong: "The name or the password is wrong.", unreachable: "The server does not answer. Nothing is wrong with your password: check your connection and try again.",
  codeNeeded: "Now put in the code of your second factor.", show: "Show", hide: "Hide",
  byLink: "Log in with a link of another device", starting: "Chinwag is starting …",
  refused: (code: number) => `The server refused it (${code}).`,
};

/** The frame around everything. */
export const shell = {
  shareTo: "Share to",
  conversations: "Conversations", settings: "Settings", admin: "Administration", directory: "Find groups and people",
  newConversation: "New conversation", mentions: "Mentions", find: "Go to …", back: "Back to the list", keys: "Keyboard", menu: "Menu",
  nothingOpen: "Choose a conversation on the left, or press Ctrl+K and type some letters of its name.",
  empty: "Nothing here yet.", emptyHint: "Find a group, write to somebody, or make a group of your own.",
  banner: {
    connecting: "Connecting …", waiting: (seconds: number) => `Reconnecting in ${seconds} s`, now: "now",
    elsewhere: "You are using Chinwag in another browser.", here: "Use it here",
    outbox: (count: number) => (count === 1 ? "1 message waits to be sent." : `${count} messages wait to be sent.`),
  },
  dismiss: "Dismiss", logout: "Log out",
  presence: { online: "online", away: "away", offline: "offline", unknown: "" },
};

/** The list of conversations and the switcher. */
export const list = {
  groups: "Groups", people: "People", draft: "Draft", unread: (count: number) => `${count} unread`,
  mentioned: (count: number) => (count === 1 ? "1 mention" : `${count} mentions`),
  inCall: (count: number) => `${count} in the call`, speaks: "speaks", muted: "muted",
  notes: "Notes to yourself",
};

/** One conversation. */
export const conversation = {
  members: "Members", search: "Search here", pins: "Pinned messages", call: "Call", joinCall: "Join the call", group: "Group settings", person: "Profile",
  inCall: (count: number) => (count === 1 ? "1 person is in the call" : `${count} people are in the call`),
  messages: "Messages", newLine: "New", toPresent: "Jump to present", toNew: "Jump to first unread", toPresentCount: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  loading: "Loading …", begin: (title: string) => `This is where ${title} begins.`, empty: "Nobody has written here yet. Say hello!",
  memberCount: (count: number) => (count === 1 ? "1 member" : `${count} members`),
  typing: (names: readonly string[]) => names.length === 0 ? "" : names.length === 1 ? `${names[0]} is typing …`
    : names.length === 2 ? `${names[0]} and ${names[1]} are typing …` : "Several people are typing …",
  announcements: "Only moderators write here.",
  slow: (seconds: number) => `Slow mode: one message every ${seconds} s.`,
};

/** One message. */
export const message = {
  you: "You", bot: "bot", edited: "edited", editedAt: (time: string) => `Edited ${time}`, deleted: "This message was deleted.",
  deletedBy: (name: string) => `Deleted by ${name}.`, damaged: "This message is damaged on the server: it may not be what was written.",
  pinned: "Pinned", recording: "Voice message",
  missedOwn: "Nobody answered your call.", missed: (name: string) => `You missed a call of ${name}.`, callBack: "Call back",
  delivery: { pending: "Sending …", failed: "Not sent", stored: "Sent", delivered: "Delivered", read: "Read" },
  retry: "Retry", discard: "Discard", editFailed: "The change was not saved.", editPending: "Saving …",
  reply: "Reply", edit: "Edit", react: "Add a reaction", more: "More", copyCode: "Copy", copied: "Copied", quoteGone: "The message is not there any more.", quoteRecording: "Voice message",
  reactionLabel: (emoji: string, count: number, mine: boolean) => `${emoji}, ${count}${mine ? ", you too" : ""}`,
  forwardTo: "Forward to",
  actions: "Actions for this message", failedWhy: (reason: string) => `Not sent: ${reason}`,
};

/** Where one writes. */
export const composer = {
  label: (title: string) => `Message to ${title}`, placeholder: (title: string) => `Message ${title}`, send: "Send", attach: "Attach a file", emoji: "Emoji",
  replying: (name: string) => `Replying to ${name}`, editing: "Editing your message", cancel: "Cancel", save: "Save",
  drop: "Drop files here to send them", removeFile: (name: string) => `Remove ${name}`,
};

/** Files and pictures. */
export const files = {
  download: (name: string) => `Download ${name}`, open: (name: string) => `Open the picture ${name}`,
  gone: "The file is not there any more, or cannot be reached.", uploading: (percent: number) => `Uploading, ${percent} %`, picture: (name: string) => `Picture ${name}`,
};

/** What the model tells by itself. */
export const notices = {
  restored: "The server was restored from a backup: everything is loaded again. What you had not sent yet will be sent.",
  ended: {
    too_many: "You have been logged out here: you have logged in on many other devices.",
    revoked: "This device was logged out from another one, or by an administrator.",
    password: "The password was changed: log in with the new one.",
    deleted: "The account was deleted.",
    logout: "You have logged out in another tab.",
    banned: "An administrator has banned you from this server.",
    renamed: "An administrator has renamed you: log in with the new name.",
    reset: "An administrator has reset your password: ask for the link.",
    unknown: "You are logged out here: log in again.",
  } as { readonly [reason: string]: string },
  callOver: "The call is over.",
  callMoved: "You are in this call on another device now.",
  callHere: "The call goes on in this tab: the one that had it was closed.",
  callEnded: "You are not in the call any more.",
  removed: (event: string, group: string): string =>
    event === "left" ? `You have left ${group}.` : event === "closed" ? `${group} was closed.` : event === "banned" ? `You were banned from ${group}.` : `You were removed from ${group}.`,
};
