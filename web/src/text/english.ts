/* english.ts - every sentence of the client, in English. Another language is another file with the
 * same names. Values that are put into a sentence are parameters: other languages put them elsewhere. */

/** Calls, recordings and devices: src/view/voice. */
export const voice = {
  notLoaded: "This part of the page could not be loaded. Check your connection, then try again.",
  call: {
    bar: "Call", calling: "Calling …", joining: "Joining …", rejoining: "The connection is lost. Your seat is held; joining again …",
    mute: "Mute", unmute: "Unmute", deafen: "Deafen", undeafen: "Hear again", leave: "Leave", settings: "Sound settings", statistics: "Statistics",
    muteKey: "Ctrl+Shift+M", you: "you", speaking: "speaks", mutedByYou: "muted by you",
    person: (name: string) => `Volume of ${name}`, volume: "Volume", mutePerson: "Mute for me", unmutePerson: "Hear again",
    speakingMuted: "You are muted: nobody hears you.",
    mutedUntil: (time: string) => `A moderator has muted you until ${time}.`,
    silent: "The browser plays no sound until you click here.",
    push: (key: string) => `Hold ${key} to talk, while this page has the focus.`,
    opening: "Waiting for the microphone …",
  },
  ring: {
    title: (name: string) => `${name} calls you`, answer: "Answer", refuse: "Refuse",
  },
  trouble: {
    refused: "The browser has refused the microphone. You can listen. To speak, allow it beside the address of this page, then join again.",
    none: "There is no microphone. You can listen.",
    busy: "The microphone could not be opened: perhaps another program has it. You can listen.",
    failed: (text: string) => `The sound of the call does not work (${text}). Leave and join again; if it stays so, tell the administrator.`,
  },
  lack: {
    insecure: "Calls and recordings need an encrypted page: open this server by https. Everything else works.",
    "no codec": "This browser cannot make the sound of calls and recordings (it lacks WebCodecs). Chromium, Firefox on a computer and Safari 26 can. Everything else works.",
  },
  devices: {
    title: "Sound settings", check: "Check your microphone", hint: "Say something: the bar should move.",
    microphone: "Microphone", speaker: "Loudspeaker", system: "As the system", noSpeakerChoice: "This browser plays where the system does.",
    level: "Level of the microphone", hear: "Hear yourself", hearHint: "Use headphones, or it echoes.", test: "Play a sound",
    echo: "Cancel echo", noise: "Suppress noise", gain: "Even out loudness",
    when: "The microphone sends", open: "always", voice: "when I speak", push: "while I hold a key",
    threshold: "Sends from this loudness on", key: "Key to talk", press: "Press a key …", change: "Change",
    focus: "The key works only while this page has the focus; browsers give no keys to pages behind others.",
    more: "More settings", sounds: "Sounds", names: { join: "somebody joins", leave: "somebody leaves", mute: "mute", mention: "mention", ring: "call" },
    join: "Join now", answer: "Answer now", close: "Close", cancel: "Cancel", unnamed: (n: number) => `Device ${n}`,
  },
  statistics: {
    title: "Statistics of the call", name: "Who", lost: "Lost", late: "Late", delay: "Buffer", jitter: "Jitter", concealed: "Concealed",
    ms: (ms: number) => `${ms} ms`, sent: (sent: number, unsent: number) => `${sent} packets sent, ${unsent} not sent because the connection was behind.`,
    device: (ms: number, stalls: number) => `Loudspeaker: ${ms} ms. Gaps of the device: ${stalls}.`, none: "Nobody has spoken yet.",
  },
  record: {
    button: "Record a voice message: hold it, or press once to record hands free", recording: "Recording", slide: "Slide left or press Esc to cancel",
    cancelled: "Let go to cancel", stop: "Stop and listen", send: "Send", discard: "Discard", opening: "Waiting for the microphone …",
    tooShort: "Too short. Hold the button while you speak.", left: (seconds: number) => `${seconds} s left`, preview: "Your recording",
  },
  player: {
    play: "Play", pause: "Pause", position: "Position", rate: (rate: number) => `${rate}x`, rateLabel: (rate: number) => `Speed: ${rate}x`,
    unplayed: "not played yet", played: "played", failed: "This recording cannot be played. Press to try again.", loading: "Loading …",
  },
} as const;

/** The screens of src/view/screens. */
export const screens = {
  common: {
    close: "Close", cancel: "Cancel", back: "Back", again: "Try again", more: "Show more", loading: "Loading …",
    copy: "Copy", copied: "Copied", bot: "bot", password: "Your password", code: "Code of the second factor",
    codeHint: "Six digits of your app, or a recovery code.",
    unreachable: "The server cannot be reached now. Try again when you are connected.",
    notLoaded: "This screen could not be loaded. Check your connection, then open it again.",
    until: (time: string) => `(until ${time})`,
    limit: (limit: number) => `(limit: ${limit})`,
    refused: (code: number) => `The server refused it (${code}).`,
    /** Where the server gives no reason, because the code can mean one thing only. */
    codes: {
      512: "You are logged out: log in again.", 513: "This name is taken.", 514: "There is nobody with this name.",
      515: "The password is wrong.", 517: "You are logged out: log in again.", 518: "Put in the code of your second factor.",
      767: "A group with this name exists already.", 768: "There is no group with this name.", 769: "You are a member already.",
      770: "This is no member of the group.", 1026: "That was too fast: wait a moment.", 1027: "You may not do this.",
      1028: "This is not a valid name.", 1029: "The server cannot do this now: try again in a while.",
      1282: "Nobody is there to answer now.", 1283: "This person is in another call.",
    } as { readonly [code: number]: string },
    roles: { owner: "owner", moderator: "moderator", member: "member" },
    presence: { online: "online", away: "away", offline: "offline", unknown: "not known" },
  },

  group: {
    label: "Parts of the group",
    parts: { members: "Members", settings: "Settings", pins: "Pinned messages", invitations: "Invitations", bots: "Bots and hooks" },
  },

  members: {
    label: "Members", filter: "Find a member", invite: "Invite by link", empty: "Nobody matches.",
    inCall: "in the call", banned: "banned", mutedUntil: (time: string) => `muted until ${time}`,
    manageShort: "Manage", manage: (name: string) => `Manage ${name}`,
    makeModerator: "Make moderator", makeMember: "Make an ordinary member", handOver: "Hand the group over",
    mute: "Mute", unmute: "End the mute", muteLength: "For how long",
    muteFor: { tenMinutes: "10 minutes", hour: "1 hour", day: "1 day", week: "1 week" },
    kick: "Remove", ban: "Ban", unban: "End the ban",
    banByName: "Ban somebody who is not a member", banName: "Name", banHint: "Who is banned cannot join.",
    sure: {
      kick: (name: string) => `Remove ${name} from the group? They can come back by an invitation, or if the group is open.`,
      ban: (name: string) => `Ban ${name}? They leave the group and cannot join it again until the ban is ended.`,
      handOver: (name: string) => `Make ${name} the owner of this group? You will be a moderator, and cannot take it back yourself.`,
    },
    done: {
      kick: (name: string) => `${name} was removed.`, ban: (name: string) => `${name} is banned.`,
      unban: (name: string) => `${name} may join again.`, mute: (name: string) => `${name} is muted.`,
      unmute: (name: string) => `${name} may write again.`, moderator: (name: string) => `${name} is a moderator now.`,
      member: (name: string) => `${name} is an ordinary member now.`, handOver: (name: string) => `${name} owns the group now.`,
    },
  },

  groupSettings: {
    save: "Save", saved: "Saved.", topic: "Topic", noTopic: "none", topicHint: "One line that all members see above the messages.",
    slow: "Slow mode", slowHint: "How long a member waits before the next message.",
    slowLabels: { 0: "off", 10: "10 seconds", 30: "30 seconds", 60: "1 minute", 300: "5 minutes", 3600: "1 hour", 21600: "6 hours" },
    seconds: (value: number) => `${value} seconds`,
    days: "Messages are kept", daysHint: "Older ones are deleted for everybody, with their files.",
    daysLabels: { 0: "for ever", 1: "for a day", 7: "for a week", 30: "for 30 days", 90: "for 90 days", 365: "for a year" },
    daysOther: (value: number) => `for ${value} days`,
    kept: "And at most", keptLabels: { 0: "any number of them", 1000: "1,000 of them", 10000: "10,000 of them", 100000: "100,000 of them" },
    keptOther: (value: number) => `${value} of them`,
    ownerSets: "What the owner sets", adminSets: "What administrators of the server set",
    access: "Who may join",
    accessLabels: { open: "Everybody", unlisted: "Everybody who knows the name", invited: "Only who is invited" },
    accessHint: {
      open: "The group stands in the directory.", unlisted: "The group is not in the directory.",
      invited: "An invitation is needed, which the owner and the moderators make.",
    },
    announcements: "Announcements only", announcementsHint: "Only the owner and the moderators write; the others read and react.",
    versions: "Earlier texts of edited messages", versionsHint: "The owner and the moderators can read what an edit replaced. All members see that this is on.",
    versionsLabels: { 0: "are not kept", 1: "for a day", 7: "for a week", 30: "for 30 days" },
    heading: "Heading", headingHint: "Groups under the same heading stand together in everybody's list. Empty: none.",
    place: "Place under the heading", placeHint: "From 0 to 999; lower ones come first.",
    newcomers: "Newcomers become members", newcomersHint: "Whoever registers from now on is put into this group.",
    level: "Tell me of", levelOf: (title: string) => `What you are told of in ${title}`,
    levels: { all: "all messages", mentions: "mentions of me", nothing: "nothing" },
    muteForYou: "Tell me of nothing here for", mutedForYou: (time: string) => `You are told of nothing here until ${time}.`, endMute: "Tell me again",
    muteHours: [{ hours: 1, label: "1 hour" }, { hours: 8, label: "8 hours" }, { hours: 24, label: "1 day" }],
    leave: "Leave the group", leaveSure: "Leave this group? You will not receive its messages any more.",
    leaveOwner: "Leave this group? You own it: the moderator who joined first will be its owner, or else the member who joined first. A group without members is deleted.",
  },

  found: {
    deleted: "(deleted)", recording: "Voice message", recordingOf: (length: string) => `Voice message, ${length}`,
    missedCall: "Missed call", file: (name: string, size: string) => `${name} (${size})`,
  },

  pins: { label: "Pinned messages", empty: "No message is pinned here. The owner and the moderators pin what is worth finding again.", unpin: "Unpin" },

  versions: { title: "Earlier texts", empty: "No earlier text of this message is kept." },

  mentions: { title: "Mentions", empty: "Nobody has mentioned you yet. When somebody writes @ and your name, you find it here." },

  search: {
    title: "Search", words: "Words", find: "Search", results: "Results", filters: "Filters",
    hint: "All words must occur. You can also type filters: from:NAME in:#GROUP after:2026-12-24 before:2026-12-31 has:file",
    from: "From", anybody: "anybody", in: "In", anywhere: "everywhere", after: "Not before", before: "Before", has: "With",
    hasLabels: { "": "anything", file: "a file", voice: "a voice message", link: "a link" },
    nothing: "Nothing was found. A message can be found a second after it was sent.", context: "Context",
  },

  directory: {
    title: "Directory", groups: "Groups", people: "People", filter: "Find", noneFound: "Nothing matches.",
    noGroups: "No group is open to everybody yet. Make the first one.", noPeople: "Nobody is listed yet.",
    listedHint: "Here are only people who want to be listed. You can list yourself in the settings of your profile.",
    open: "Open", join: "Join", joinOf: (name: string) => `Join ${name}`, write: "Write", writeTo: (name: string) => `Write to ${name}`,
    members: (count: number) => (count === 1 ? "1 member" : `${count} members`),
  },

  newConversation: {
    title: "New conversation", kinds: { person: "One person", talk: "A few people", group: "A group" },
    write: "Write", name: "Name", nameHint: "The name with which the person registered.",
    contacts: "Contacts", noContacts: "You have no contacts yet.", directory: "Look in the directory",
    create: "Make the group", groupName: "Name of the group", groupHint: "Without blanks, as others will type it: soup-lovers",
    createTalk: "Begin the talk", names: "Names", namesHint: "With a blank or a comma between.",
    talkHint: (least: number, most: number) => `A group without a name, of you and ${least} to ${most} others. Nobody is asked, everybody may leave.`,
    chosen: (count: number) => (count === 1 ? "1 person chosen" : `${count} people chosen`),
  },

  profile: {
    title: "Profile", presence: "Presence", status: "Status", localTime: "Local time", nothingTold: "Nothing is known of this person.",
    until: (time: string) => `until ${time}`, lastSeen: (ago: string) => `last seen ${ago}`, timeIn: (time: string, zone: string) => `${time} (${zone})`,
    write: "Write", call: "Call", addContact: "Add to contacts", removeContact: "Remove from contacts", block: "Block", unblock: "Unblock",
    added: "Added to your contacts.", removed: "Removed from your contacts.", blocked: "Blocked.", unblocked: "Not blocked any more.",
    blockSure: (name: string) => `Block ${name}? They cannot write to you or call you, and do not see when you are there. They are not told.`,
    change: "Change your profile",
  },

  ownProfile: {
    save: "Save", saved: "Saved.", display: "Display name", displayHint: (name: string) => `Shown as: Display name (${name}). Empty: only ${name}.`,
    status: "Status", statusExample: "At lunch", end: "It ends", endsAt: (time: string) => `Shown until ${time}.`,
    ends: { never: "when I remove it", 30: "in 30 minutes", 60: "in 1 hour", 240: "in 4 hours", today: "at the end of the day", week: "at the end of the week" },
    choosePicture: "Choose a picture", removePicture: "Remove the picture", noPicture: "This file is no picture that the browser can read.",
    zone: "Time zone", zoneHint: "Others see what time it is for you. Empty: they do not.", zoneHere: (zone: string) => `Use ${zone}`,
    lastSeen: "Show when I am, or was, here", lastSeenHint: "Who does not show it does not see it of others.",
    listed: "List me in the directory", listedHint: "Everybody on this server can find you there.",
  },

  settings: {
    title: "Settings",
    parts: {
      profile: "Profile", notifications: "Notifications", appearance: "Appearance", devices: "Devices", factor: "Second factor",
      password: "Password", blocked: "Blocked people", invitations: "Invitations", bots: "Bots", export: "Export", delete: "Delete account",
    },
  },

  appearance: { theme: "Colours", themes: { system: "As the system", dark: "Dark", light: "Light" }, hint: "This is set for this browser only." },

  notifications: {
    save: "Save", saved: "Saved.", quiet: "Quiet hours", quietOn: "Be told of nothing at certain hours",
    quietHint: "By this device's clock, on all of your devices. Messages come all the same.", from: "From", to: "To", days: "On these days",
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    receipts: "Tell others what I have read", receiptsHint: "Off: nobody learns what you have received, read or listened to, and you do not learn it of others.",
    sounds: "Sounds and devices of this browser",
    levels: "Conversations", levelsHint: "For all of your devices. Mentions are messages with @ and your name.", noConversations: "You have no conversation yet.",
  },

  devices: {
    sessions: "Logged in", thisOne: "this one", unknownClient: "unknown program", connected: "connected now", used: "used", since: "since",
    rename: "Rename", renamed: "Renamed.", name: "Your name for it", nameHint: "Nobody else sees it. Empty: the program's own name.",
    end: "End", ended: (client: string) => `${client} is logged out.`,
    newDevice: "Log in on another device", newDeviceHint: "Makes a link that is good for two minutes. Open it on the other device, which then shows six digits.",
    makeLink: "Make a link", openThere: "Open this link on the other device, or point its camera here.", linkUntil: (time: string) => `It is good until ${time}.`,
    link: "Link", linkHint: "Give it to nobody: it logs in as you.", qr: "The link as a QR code",
    digits: "Digits that the other device shows", digitsHint: "If it shows none, it has not opened the link.", confirm: "Log that device in", linked: "The other device is logged in.",
    passwords: "Passwords for programs", passwordsHint: "For a program that cannot ask for a code of the second factor. It cannot change your account.",
    noPasswords: "No program has a password of its own.", neverUsed: "never used", remove: "Remove",
    secret: "Password of the program", secretHint: "It is shown this once: copy it now.",
    addPassword: "Make a password", passwordName: "For which program", passwordNameHint: "So that you recognise it later: backup script",
  },

  factor: {
    offHint: "With a second factor, a login needs a code of an app beside the password. It is off.", begin: "Turn it on",
    stepApp: "Point your app for one-time codes at this picture, or type the secret into it.", secret: "Secret", openApp: "Open in an app on this device", qr: "The secret as a QR code",
    stepCodes: "Keep these recovery codes where you find them without this device. Each is good once.", saveCodes: "Save the codes",
    digits: "Code that the app shows now", digitsHint: "Six digits. After this the second factor is on.", confirm: "Confirm",
    isOn: "The second factor is on.", codesLeft: (count: number) => (count === 1 ? "1 recovery code is left." : `${count} recovery codes are left.`),
    renew: "Make new recovery codes", renewHint: "New recovery codes take the place of all earlier ones.",
    end: "Turn it off", nowOn: "The second factor is on.", nowOff: "The second factor is off.",
  },

  password: {
    hint: "All other devices are logged out, and passwords of programs end.", old: "Present password", wanted: "New password", repeated: "New password again",
    wantedHint: (least: number) => `At least ${least} characters.`, differ: "The two new passwords differ.", change: "Change the password", done: "The password is changed.",
  },

  blocked: {
    hint: "Who is blocked cannot write to you or call you, and does not see when you are there. In groups you both still see each other's messages.",
    label: "Blocked people", empty: "You have blocked nobody.", name: "Name", block: "Block", unblock: "Unblock",
    blocked: (name: string) => `${name} is blocked.`, unblocked: (name: string) => `${name} is not blocked any more.`,
  },

  invitations: {
    serverHint: "An invitation lets people register on this server.", groupHint: "An invitation lets users of this server join this group.",
    make: "Make an invitation", uses: "For", usesLabel: (count: number) => (count === 1 ? "1 person" : `${count} people`),
    days: "Good for", daysLabel: (count: number) => (count === 1 ? "1 day" : `${count} days`),
    link: "Link to send", once: "It is shown this once: copy it now.", label: "Invitations", empty: "No invitation is open.",
    left: (count: number) => (count === 1 ? "For 1 more person" : `For ${count} more people`), by: "by", until: "until", withdraw: "Withdraw",
  },

  bots: {
    hint: "A bot is a user for a program, which you own. It logs in with its name and its secret.", label: "Your bots", none: "You have no bots.",
    name: "Name of the bot", create: "Make a bot", never: "never connected", seen: "seen", renew_bot: "New secret", delete_bot: "Delete",
    secretOf: (bot: string) => `Secret of ${bot}`, once: "It is shown this once: copy it now.",
    sure: {
      renew_bot: (bot: string) => `Give ${bot} a new secret? Programs with the old one are logged out.`,
      delete_bot: (bot: string) => `Delete ${bot}? It leaves its groups, and its hooks end. What it said stays.`,
    },
    groupHint: "You put your own bots into this group. Members remove them as they do any member.", noneYet: "You have no bots: make one in the settings.",
    bot: "Bot", add: "Put it into the group", added: (bot: string) => `${bot} is in the group.`,
    hooks: "Hooks", hooksHint: "With a hook's address any program can say something here, as the bot.", noHooks: "This group has no hooks.",
    hookOf: (id: number) => `Hook ${id}, as`, made: "made", removeHook: "Remove", as: "As", makeHook: "Make a hook",
    hookUrl: "Address to POST to", hookSecret: "Secret of the hook",
  },

  export: {
    hint: "Collects your profile, contacts, groups, devices and every message that you can read in one file, a line of JSON for each. Files follow as links.",
    collect: "Collect", progress: (count: number) => `${count} messages so far …`, ready: (count: number) => `Ready: ${count} messages.`,
    save: "Save the file", files: "Files", download: "Download",
  },

  deleteAccount: {
    hint: "This is at once, and for good. Your name cannot be registered again for 30 days. Groups that you own get another owner.",
    extent: "What goes", extents: { account: "The account", messages: "The account, and all that I sent" },
    extentHints: {
      account: "Others can still read what you sent, under the name of a deleted account.",
      messages: "Texts, recordings and files that you sent are deleted for everybody.",
    },
    typeName: (name: string) => `Type your name, ${name}, to confirm`, remove: "Delete my account",
  },

  admin: {
    title: "Administration", parts: { groups: "Groups", administrators: "Administrators", invitations: "Invitations" },
    administratorsHint: "An administrator arranges groups, sets where newcomers go, and names other administrators. One administrator always remains.",
    user: "User", role: "Becomes", roles: { admin: "an administrator", user: "a user as others are" }, setRole: "Set",
    roleSet: { admin: (name: string) => `${name} is an administrator now.`, user: (name: string) => `${name} is no administrator any more.` },
    groupsHint: "Your groups, and where they stand in everybody's list. A group's own page has its heading and place.", noHeading: "under no heading",
    newcomers: "For newcomers", newcomersOn: (name: string) => `Newcomers become members of ${name}.`, newcomersOff: (name: string) => `Newcomers are not put into ${name} any more.`,
    headings: "Headings", headingPlace: "Place", move: "Move", headingPlaced: (heading: string) => `${heading} is moved.`,
    otherGroup: "A group that you are not in", group: "Group", heading: "Heading", place: "Place under the heading", placeGroup: "Place it",
    placed: (name: string) => `${name} is placed.`, newcomersIn: "Put newcomers into it", newcomersOut: "Put newcomers into it no more",
  },

  welcome: {
    title: "Your server is ready", stepOne: "Step 1 of 2", stepTwo: "Step 2 of 2",
    groupHint: "You administer this server. Begin with a group in which people meet.", groupName: "Name of the first group", groupExample: "lobby",
    newcomers: "Everybody who registers becomes a member", newcomersHint: "So nobody arrives at an empty page.", makeGroup: "Make the group", skip: "Not now",
    inviteHint: "Send this link to those who shall join. It fills in everything for them.", link: "Invitation link",
    linkHint: (uses: number) => `It lets in ${uses} people within a week. You find your invitations in the settings.`, done: "Begin to talk",
  },
};

/** The first screen. */
export const first = {
  title: "Chinwag", login: "Log in", register: "Create account", name: "Name", password: "Password",
  code: "Code of the second factor", codeHint: "Six digits of your app, or a recovery code.",
  notMine: "Not my computer", notMineHint: "You are logged out when this page is closed.",
  invitation: "Invitation", invited: "You are invited. Choose a name and a password, and you are in.",
  haveInvitation: "I have an invitation", haveAccount: "I have an account", newHere: "I am new here",
  nameHint: "Up to 64 letters, digits and signs, without blanks.", passwordHint: "Longer is better: some words that you can remember.",
  wrong: "The name or the password is wrong.", unreachable: "The server does not answer. Nothing is wrong with your password: check your connection and try again.",
  codeNeeded: "Now put in the code of your second factor.", show: "Show", hide: "Hide",
  byLink: "Log in with a link of another device", link: "Link", linkHint: "On a device that is logged in, make a link under Settings, Devices.",
  digits: "Type these digits on your other device:", waiting: "Waiting for the other device …", next: "Continue", back: "Back", starting: "Chinwag is starting …",
};

/** The frame around everything. */
export const shell = {
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
  switcher: "Go to a conversation", switcherHint: "Type some letters", nothing: "Nothing matches these letters.",
  writeTo: (name: string) => `Write to ${name}`, notes: "Notes to yourself",
};

/** One conversation. */
export const conversation = {
  members: "Members", search: "Search here", pins: "Pinned messages", call: "Call", joinCall: "Join the call", group: "Group settings", person: "Profile",
  inCall: (count: number) => (count === 1 ? "1 person is in the call" : `${count} people are in the call`),
  messages: "Messages", newLine: "New", toPresent: "Jump to present", toPresentCount: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
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
  pinned: "Pinned", forwarded: "Forwarded", recording: "Voice message",
  missedOwn: "Nobody answered your call.", missed: (name: string) => `You missed a call of ${name}.`, callBack: "Call back",
  delivery: { pending: "Sending …", failed: "Not sent", stored: "Sent", delivered: "Delivered", read: "Read" },
  retry: "Retry", discard: "Discard", editFailed: "The change was not saved.", editPending: "Saving …",
  reply: "Reply", edit: "Edit", remove: "Delete", react: "Add a reaction", pin: "Pin", unpin: "Unpin", forward: "Forward", copy: "Copy text", copyLink: "Copy link",
  versions: "Earlier versions", more: "More", copyCode: "Copy", copied: "Copied", quoteGone: "The message is not there any more.", quoteRecording: "Voice message",
  reactionLabel: (emoji: string, count: number, mine: boolean) => `${emoji}, ${count}${mine ? ", you too" : ""}`,
  removeQuestion: "Delete this message for everybody?", removeYes: "Delete", cancel: "Cancel", forwardTo: "Forward to",
  actions: "Actions for this message", failedWhy: (reason: string) => `Not sent: ${reason}`,
};

/** Events of groups, as sentences. */
export const events = {
  joined: (who: string) => `${who} joined.`, left: (who: string) => `${who} left.`,
  kicked: (by: string, who: string) => `${by} removed ${who}.`, banned: (by: string, who: string) => `${by} banned ${who}.`,
  unbanned: (by: string, who: string) => `${by} lifted the ban of ${who}.`, muted: (by: string, who: string) => `${by} muted ${who}.`,
  unmuted: (by: string, who: string) => `${by} lets ${who} write again.`,
  role: (by: string, who: string, role: string) => `${by} made ${who} ${role === "owner" ? "the owner" : role === "moderator" ? "a moderator" : "a member"}.`,
  topic: (by: string, topic: string) => (topic === "" ? `${by} removed the topic.` : `${by} set the topic: ${topic}`),
  access: (by: string) => `${by} changed who may join.`, retention: (by: string) => `${by} changed how long messages are kept.`,
  writers: (by: string, who: string) => (who === "moderator" ? `${by} lets only moderators write.` : `${by} lets all members write.`),
  slow_mode: (by: string, seconds: string) => (seconds === "0" || seconds === "" ? `${by} ended the slow mode.` : `${by} set the slow mode to ${seconds} s.`),
  versions: (by: string) => `${by} changed how long earlier versions are kept.`,
  pinned: (by: string) => `${by} pinned a message.`, unpinned: (by: string) => `${by} unpinned a message.`,
  call_joined: (who: string) => `${who} joined the call.`, call_left: (who: string) => `${who} left the call.`,
  other: (who: string, event: string) => `${who}: ${event}`,
};

/** Where one writes. */
export const composer = {
  label: (title: string) => `Message to ${title}`, placeholder: (title: string) => `Message ${title}`, send: "Send", attach: "Attach a file", emoji: "Emoji",
  replying: (name: string) => `Replying to ${name}`, editing: "Editing your message", cancel: "Cancel", save: "Save",
  drop: "Drop files here to send them", removeFile: (name: string) => `Remove ${name}`,
  picker: "Emoji", pickerSearch: "Find an emoji", pickerNothing: "No emoji has these letters.", suggestions: "Suggestions",
};

/** Commands of the composer. */
export const commands = {
  unknown: (name: string) => `There is no command /${name}. /help lists them; begin with // to send a line that begins with /.`,
  onlyInGroups: (name: string) => `/${name} works in groups only.`, usage: (takes: string) => `Write it as ${takes}`,
  takes: {
    help: "/help", me: "/me does something", msg: "/msg name text", join: "/join group", leave: "/leave", topic: "/topic words", invite: "/invite name",
    kick: "/kick name", ban: "/ban name", mute: "/mute name 30m", call: "/call", hangup: "/hangup", vol: "/vol name 0-200", search: "/search words",
    notify: "/notify all, mentions or nothing", theme: "/theme dark, light or system", nick: "/nick name", quit: "/quit",
  },
  help: {
    help: "Lists the commands and the keys", me: "Says what you do", msg: "Writes to one person", join: "Joins a public group", leave: "Leaves this group",
    topic: "Sets the topic of this group", invite: "Adds a person to this group", kick: "Removes a member", ban: "Removes a member for good",
    mute: "Lets a member not write for a time", call: "Joins or begins the call here", hangup: "Leaves the call", vol: "How loud you hear somebody",
    search: "Searches this conversation", notify: "What you are told of here", theme: "Colours", nick: "Sets the name that is shown beside yours", quit: "Logs you out",
  },
  invitation: (group: string, link: string) => `You are invited to the group ${group}: ${link}`,
  done: "Done.", badNumber: "That is no number from 0 to 200.", badTime: "Write the time as 30m, 2h or 3d.", badLevel: "Choose all, mentions or nothing.", badTheme: "Choose dark, light or system.",
  failed: "The server cannot be reached now.", refused: (code: number) => `The server refused it (${code}).`,
};

/** Files and pictures. */
export const files = {
  download: (name: string) => `Download ${name}`, open: (name: string) => `Open the picture ${name}`, viewer: "Picture", close: "Close", previous: "Previous picture", next: "Next picture",
  gone: "The file is not there any more, or cannot be reached.", uploading: (percent: number) => `Uploading, ${percent} %`, picture: (name: string) => `Picture ${name}`, save: "Download",
};

/** The sheet of keys. */
export const keys = {
  title: "Keyboard", close: "Close",
  rows: [
    ["Ctrl+K", "Go to a conversation by letters of its name"], ["Alt+↑ / Alt+↓", "Previous, next conversation"],
    ["Alt+Shift+↑ / Alt+Shift+↓", "Previous, next with something unread"], ["Esc", "Mark this conversation read"],
    ["Shift+Esc", "Mark all read"], ["Enter / Shift+Enter", "Send / new line"], ["↑ in an empty line", "Edit your last message"],
    ["Tab", "Complete a name, a command or an emoji"], ["↑ ↓ in the messages", "Go from message to message"],
    ["Menu key or Enter", "Actions of the message"], ["R, E, Del", "Reply to, edit, delete the message"], ["Ctrl+Shift+M", "Mute the microphone"],
    ["Ctrl+Shift+D", "Deafen"], ["Ctrl+/", "This sheet"],
  ] as readonly (readonly [string, string])[],
};
