/* english_screens.ts - the sentences of the screens (src/view/screens), in English. They are loaded with
 * the first screen: english.ts has what the page begins with. */

/** The screens of src/view/screens. */
export const screens = {
  common: {
    close: "Close", cancel: "Cancel", back: "Back", again: "Try again", more: "Show more", loading: "Loading …",
    copy: "Copy", copied: "Copied", bot: "bot", password: "Your password", code: "Code of the second factor",
    codeHint: "Six digits of your app, or a recovery code.",
    unreachable: "The server cannot be reached now. Try again when you are connected.",
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
    here: "Who mentions everybody by @here", hereLabels: { moderators: "The owner and the moderators", all: "All members", nobody: "Nobody" },
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
    missing: {
      no_https: "This page cannot be installed, and tells of nothing while it is closed: browsers want https for that. Whoever runs the server can turn it on.",
      certificate: "This page cannot be installed, and tells of nothing while it is closed: the browser does not trust the server's certificate. Whoever runs the server can get one that it trusts.",
      browser: "This page cannot be installed, and tells of nothing while it is closed: this browser, or a private window, has no service workers.",
    },
    push: {
      title: "While this page is closed", on: "Tell me of new messages on this device",
      hint: "By the push service of this browser's maker, which learns when something came, and nothing else.",
      withText: "Show who wrote, and what",
      withTextHint: "Sealed for this browser. Off: it says only that there is something new.",
      no: {
        denied: "The browser does not let this page show notifications: allow it in its settings for this page.",
        worker: "This page is not ready for that yet: load it again, and try once more.",
        service: "This browser has no push service, or cannot reach it.",
      },
    },
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

  askNotify: {
    label: "Notifications", question: "Somebody has mentioned you. Shall this device tell you of such messages, also while this page is closed?", yes: "Tell me", no: "Not now",
  },

  welcome: {
    title: "Your server is ready", stepOne: "Step 1 of 2", stepTwo: "Step 2 of 2",
    groupHint: "You administer this server. Begin with a group in which people meet.", groupName: "Name of the first group", groupExample: "lobby",
    newcomers: "Everybody who registers becomes a member", newcomersHint: "So nobody arrives at an empty page.", makeGroup: "Make the group", skip: "Not now",
    inviteHint: "Send this link to those who shall join. It fills in everything for them.", link: "Invitation link",
    linkHint: (uses: number) => `It lets in ${uses} people within a week. You find your invitations in the settings.`, done: "Begin to talk",
  },
};
