/* english_late.ts - the sentences, in English, of parts that are loaded when the first screen stands:
 * voice, the commands of the composer, and what stands over the frame. The rest is in english.ts. */

/** Calls, recordings and devices: src/view/voice. */
export const voice = {
  call: {
    bar: "Call", elsewhere: "In another tab", takeHere: "Continue here", calling: "Calling …", joining: "Joining …", rejoining: "The connection is lost. Your seat is held; joining again …",
    mute: "Mute", unmute: "Unmute", deafen: "Deafen", undeafen: "Hear again", leave: "Leave", settings: "Sound settings", statistics: "Statistics",
    muteKey: "Ctrl+Shift+M", you: "you", speaking: "speaks", mutedByYou: "muted by you",
    person: (name: string) => `Volume of ${name}`, volume: "Volume", mutePerson: "Mute for me", unmutePerson: "Hear again",
    speakingMuted: "You are muted: nobody hears you.",
    mutedUntil: (time: string) => `A moderator has muted you until ${time}.`,
    silent: "The browser plays no sound until you click here.",
    push: (key: string) => `Hold ${key} to talk, while this page has the focus.`,
    opening: "Waiting for the microphone …", networkSilent: "The network does not answer.", heardBadly: (percent: number) => `The others do not hear ${percent} % of what you say.`,
    noRoom: "Your network has little room: your voice goes with fewer bits.",
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
    heard: (percent: number) => `How you are heard: ${percent} % of what you say does not arrive in time.`, heardUnknown: "How you are heard: nobody has told yet.",
    way: (ms: number, kbit: number, roundTrip: number | undefined) => `Packets of ${ms} ms, ${kbit} kbit/s.${roundTrip === undefined ? "" : ` To the server and back: ${Math.round(roundTrip)} ms.`}`,
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
  failed: "The server cannot be reached now.",
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

/** What stands over the frame. */
export const over = {
  byLink: {
    link: "Link", hint: "On a device that is logged in, make a link under Settings, Devices.", digits: "Type these digits on your other device:",
    waiting: "Waiting for the other device …", next: "Continue", back: "Back",
  },
  newPassword: {
    hint: "An administrator has reset your password. Choose another one.", password: "New password", set: "Set the password and log in", done: "The password is set.",
  },
  picker: { title: "Emoji", search: "Find an emoji", nothing: "No emoji has these letters.", close: "Close" },
  suggestions: "Suggestions",
  switcher: {
    title: "Go to a conversation", hint: "Type some letters", nothing: "Nothing matches these letters.", writeTo: (name: string) => `Write to ${name}`,
  },
  join: { question: (group: string) => `You are invited to the group ${group}.`, yes: "Join", cancel: "Cancel" },
  remove: { question: "Delete this message for everybody?", yes: "Delete", cancel: "Cancel" },
  menu: {
    remove: "Delete", pin: "Pin", unpin: "Unpin", forward: "Forward", copy: "Copy text", copyLink: "Copy link", versions: "Earlier versions", report: "Report",
  },
  viewer: { title: "Picture", close: "Close", previous: "Previous picture", next: "Next picture", save: "Download" },
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
