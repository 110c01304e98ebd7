/* subscribe.ts - switches push messages to this browser on and off: asks the user, then the browser's
 * push service, then the server. Called by view/screens/push.tsx. After logout the worker that has the
 * subscription is unregistered (register.ts), and the session that it belongs to has ended. */
import type { Actions, Outcome } from "../model/actions.js";
import { forgetPush, keepPush } from "./push_keep.js";

/** Why there are none, beside what the server says. */
export type NoPush =
  | "denied" /* the user, or the browser for them */
  | "worker" /* there is no service worker, or not yet */
  | "service"; /* the browser has no push service, or it does not answer */

type Ask = Actions["ask"];

const registered = async (): Promise<ServiceWorkerRegistration | undefined> => {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration?.active ? registration : undefined;
};

/** One with another key is of another server that was here before. */
async function subscribeTo(manager: PushManager, key: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    const older = await manager.getSubscription();
    if (!older)
      throw error;
    await older.unsubscribe();
    return manager.subscribe(options);
  }
}

const bytesOf = (subscription: PushSubscription, name: PushEncryptionKeyName): Uint8Array =>
  new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer(0));

/** Call it at once when the user asks for it: browsers ask only then. */
export async function switchOn(ask: Ask, withText: boolean): Promise<Outcome | NoPush> {
  if (typeof Notification !== "function" || (await Notification.requestPermission()) !== "granted")
    return "denied";
  const registration = await registered();
  if (registration?.pushManager === undefined)
    return "worker";
  const key = await ask("push_key", []);
  if (!key.ok)
    return key;
  let subscription: PushSubscription;
  try {
    subscription = await subscribeTo(registration.pushManager, String(key.value.fields["key"]));
  } catch {
    return "service";
  }
  const made = await ask("subscribe_push",
    [subscription.endpoint, bytesOf(subscription, "p256dh"), bytesOf(subscription, "auth"), withText ? 1 : 0]);
  if (!made.ok)
    return made;
  await keepPush({ session: Number(made.value.fields["session"]), withText });
  return { ok: true, value: undefined };
}

export async function switchOff(ask: Ask): Promise<Outcome> {
  const done = await ask("unsubscribe_push", []);
  if (!done.ok)
    return done;
  await forgetPush();
  await (await (await registered())?.pushManager.getSubscription())?.unsubscribe().catch(() => false);
  return { ok: true, value: undefined };
}
