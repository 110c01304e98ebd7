/* english_admin.ts - the sentences of the page of administrators (src/view/screens/admin), in English.
 * They are loaded with the screens: english_screens.ts has those of the others. */

const of = (what: string) => (name: string): string => `${name} ${what}`;

export const admin = {
  title: "Administration",
  parts: {
    status: "Status", users: "Users", reports: "Reports", bans: "Bans", invitations: "Invitations", groups: "Groups",
    announcements: "Announcements", settings: "Settings", audit: "Audit log",
  },
  operator: "the operator", by: "by", until: "until", forGood: "for good", manage: "Manage", manageOf: (name: string) => `Manage ${name}`,
  howLong: "For how long", lengths: [[0, "for good"], [3_600, "1 hour"], [86_400, "1 day"], [604_800, "1 week"], [2_592_000, "30 days"]] as const,
  reason: "Reason", reasonHint: "Whoever is banned reads it.",

  status: {
    label: "Status of the server", empty: "The server says nothing of itself.",
    names: {
      version: "Version", uptime_s: "Runs since", connections: "Connections", sessions: "Devices logged in", users: "Users", groups: "Groups",
      calls: "Calls", held_bytes: "Memory for connections", database_bytes: "Database",
    } as { readonly [name: string]: string },
  },

  users: {
    label: "Users", find: "Find", words: "Parts of a name", empty: "No user has such a name.", seen: "here", never: "never here",
    roles: { admin: "administrator", bot: "bot", user: "" }, banned: "banned",
    ban: "Ban", unban: "End the ban", logout: "Log out everywhere", rename: "Rename", reset: "Reset the password",
    makeAdmin: "Make administrator", makeUser: "No longer administrator", remove: "Delete", newName: "New name",
    keep: "Leave the second factor on", resetLink: (name: string) => `Link for ${name}`,
    resetHint: "Send it to them by a way that only they read. It is shown this once, and good once, within an hour.",
    extents: { account: "The account", messages: "The account and all messages" }, extent: "What goes",
    sure: {
      ban: (name: string) => `Ban ${name}? They are logged out, and cannot log in while the ban lasts.`,
      reset: (name: string) => `Reset the password of ${name}? It is worth nothing any more, and all their devices are logged out. You get a link with which they choose another.`,
      makeAdmin: (name: string) => `Make ${name} an administrator? They may do all that you may do.`,
      makeUser: (name: string) => `Take the administration away from ${name}?`,
      remove: (name: string) => `Delete ${name}? This cannot be undone.`,
      rename: (name: string) => `Rename ${name}? They are logged out, and log in with the new name.`,
    },
    done: {
      ban: of("is banned."), unban: of("may log in again."), logout: of("is logged out everywhere."), rename: of("is renamed."),
      makeAdmin: of("is an administrator now."), makeUser: of("is no administrator any more."), remove: of("is deleted."),
      reset: of("needs a new password now."),
    },
  },

  reports: {
    label: "Reports", empty: "Nobody has reported a message.", noText: "(a recording, or deleted)", between: "between two people", wrote: "wrote",
    reported: "reported it", resolve: "Done with it", resolved: "The report is removed.", person: (name: string) => `See to ${name}`, open: "Go to the message",
  },

  bans: {
    label: "Bans", empty: "Nobody is banned from this server.", unban: "End the ban", unbanned: of("is not banned any more."), add: "Ban", banned: of("is banned."),
    kind: "Whom", kinds: { user: "One user", network: "An address or a network" }, user: "Name of the user",
    network: "Address or network", networkHint: "As 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32. All who come from there are kept out.",
  },

  groups: {
    hint: "All groups of this server. Your own list shows how they stand.", label: "Groups", empty: "There are no groups yet.",
    members: (count: number) => (count === 1 ? "1 member" : `${count} members`), owner: (name: string) => `of ${name}`, orphaned: "without an owner who comes",
    access: { open: "", unlisted: "unlisted", invited: "by invitation" },
    newcomersIn: "Put newcomers into it", newcomersOut: "Put no newcomers into it",
    newcomersOn: (name: string) => `Newcomers become members of ${name}.`, newcomersOff: (name: string) => `Newcomers are not put into ${name} any more.`,
    headings: "Headings", headingPlace: "Place", move: "Move", headingPlaced: of("is moved."),
    heading: "Heading", place: "Place under the heading", placeGroup: "Place it", placed: of("is placed."),
    take: "Give it an owner", newOwner: "New owner", taken: (name: string, owner: string) => `${owner} owns ${name} now.`,
    close: "Close the group", closeSure: (name: string) => `Close ${name}? All members leave it, and its messages are deleted. This cannot be undone.`,
    closed: of("is closed."),
  },

  announcements: {
    one: "Announcement", hint: "All users see it above their conversations, until it ends or they put it away.", label: "Announcements that stand", empty: "None stands now.",
    text: "What everybody is to know", make: "Announce", made: "It is announced.", end: "End", ended: "It is ended.", noEnd: "until it is ended",
    lengths: [[0, "until I end it"], [3_600, "1 hour"], [86_400, "1 day"], [604_800, "1 week"]] as const,
  },

  settings: {
    hint: "They hold at once, and over a restart. An empty value brings back what the server's file says.", label: "Settings", empty: "No setting can be changed here.",
    save: "Save", saved: of("is set."), set: "set here",
  },

  audit: {
    hint: "What administrators have done, the newest first. Nobody can change it unseen.", label: "Audit log", empty: "Nothing yet.",
    whole: (count: number) => `Checked: all ${count} entries are as they were written.`, older: "Older", newer: "Newer",
    acts: {
      set_admin: "made administrator:", unset_admin: "took the administration from", end_sessions: "logged out", ban_user: "banned", unban_user: "ended the ban of",
      ban_network: "banned the network", unban_network: "ended the ban of the network", rename_user: "renamed", remove_user: "deleted the user",
      reset_password: "reset the password of", use_reset: "chose a new password:", close_group: "closed the group", take_group: "gave an owner to the group",
      end_invitation: "withdrew the invitation", resolve_report: "removed the report", announce: "made the announcement", end_announcement: "ended the announcement", set_setting: "set", set_up: "set the server up:",
    } as { readonly [act: string]: string },
  },
};

/** The dialog in which a message is reported. */
export const asking = {
  report: {
    title: "Report a message", hint: "The administrators of this server see this message and your reason. Nobody else is told.", reason: "What is wrong with it", send: "Report",
    done: "Thank you. The administrators will look at it.",
  },
};
