/* english_voice.ts - the sentences of calls, recordings and devices, in English (english.ts says how
 * another language is added). */
export const voice = {
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
