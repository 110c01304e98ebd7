/* notices.ts - what the model tells the user by itself, in English. Called by the model. */
export const NOTICES = {
  restored: "The server was restored from a backup: everything is loaded again. What you had not sent yet will be sent.",
  ended: {
    too_many: "You have been logged out here: you have logged in on many other devices.",
    revoked: "This device was logged out from another one.",
    password: "The password was changed: log in with the new one.",
    deleted: "The account was deleted.",
    logout: "You have logged out in another tab.",
    unknown: "You are logged out here: log in again.",
  } as { readonly [reason: string]: string },
  callOver: "The call is over.",
  callMoved: "You are in this call on another device now.",
  callHere: "The call goes on in this tab: the one that had it was closed.",
  callEnded: "You are not in the call any more.",
  removed: (event: string, group: string): string =>
    event === "left" ? `You have left ${group}.` : event === "banned" ? `You were banned from ${group}.` : `You were removed from ${group}.`,
};
