/* banner.tsx - a thin line when the link is lost or there is something to say. Never another screen:
 * one goes on writing. */
import { useEffect, useState } from "preact/hooks";
import { shell } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { IconButton } from "./icons.js";
import type { Shared } from "./shared.js";

const words = shell.banner;

export function Banner(props: { shared: Shared }) {
  const { state, actions } = props.shared;
  const { link, notice, outboxLength } = state.value;
  if (link.state === "up")
    return notice ? <div class={`banner ${notice.urgent ? "banner-urgent" : ""}`} role={notice.urgent ? "alert" : "status"}><bdi>{cleanName(notice.text)}</bdi><IconButton icon="close" label={shell.dismiss} onClick={() => actions.dismissNotice()} /></div> : null;
  return (
    <div class="banner banner-link" role="status">
      {link.state === "elsewhere" ? <>{words.elsewhere} <button type="button" onClick={() => actions.reconnectNow()}>{words.here}</button></>
        : link.state === "connecting" ? words.connecting
        : <><Countdown until={link.retryAt ?? 0} /> · <button type="button" onClick={() => actions.reconnectNow()}>{words.now}</button></>}
      {outboxLength > 0 && <span class="banner-outbox">{words.outbox(outboxLength)}</span>}
    </div>
  );
}

function Countdown(props: { until: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <span aria-live="off">{words.waiting(Math.max(0, Math.ceil((props.until - now) / 1000)))}</span>;
}
