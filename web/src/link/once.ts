/* once.ts - one request on a connection of its own, for somebody who is not logged in. Called by
 * view/new_password.tsx; who is logged in has socket.ts. */
import { decode, encodeRequest } from "../wire/codec.js";
import type { Ask, Result } from "./machine.js";

const PATIENCE_MS = 60_000; /* the server hashes a password for it */

export function askOnce(url: string, { action, fields }: Ask): Promise<Result> {
  return new Promise((done) => {
    const socket = new WebSocket(url, "chinwag.1");
    const end = (result: Result): void => {
      clearTimeout(timer);
      done(result);
      socket.close();
    };
    const timer = setTimeout(() => end({ unreachable: true }), PATIENCE_MS);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(encodeRequest(action, fields));
    socket.onclose = () => end({ unreachable: true });
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const answer = data instanceof ArrayBuffer ? decode(new Uint8Array(data)) : undefined;
      if (answer?.kind === "response")
        end({ answer });
    };
  });
}
