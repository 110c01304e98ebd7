/* record.tsx - the button of the composer that records: hold it and let go to send; sliding away from
 * the end of the line or Esc cancels; a short press records hands free, with listening before sending. Filled into the slot
 * RecordButton. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ConversationId } from "../../model/state.js";
import { voice as words } from "../../text/english_late.js";
import type { Player, Track } from "../../voice/player.js";
import { Recorder, RECORDING_MS_MAX, type Recorded, type RecorderView } from "../../voice/recorder.js";
import type { Voice } from "../../voice/voice.js";
import { Icon } from "./icons.js";
import { Playing } from "./player.js";
import { length } from "./when.js";

const text = words.record;
/* Held for less than this, the button records hands free; dragged this far, it cancels. */
const HOLD_MS = 350, SLIDE_PX = 80;

interface Props {
  readonly voice: Voice;
  readonly player: Player;
  readonly conversation: ConversationId;
}

export function RecordButton({ voice, player, conversation }: Props) {
  const recorder = useMemo(() => new Recorder(voice.settings, ({ ogg, durationMs }) =>
    voice.actions.sendRecording(conversation, ogg, durationMs)), [conversation]);
  useEffect(() => () => recorder.cancel(), [recorder]);
  const view = recorder.view.value;
  const { handlers, sliding } = useHold(recorder, player);
  useEscape(view.phase !== "idle", () => recorder.cancel());
  return (
    <div class="voice-record">
      {view.phase === "recording" && <Progress view={view} sliding={sliding} recorder={recorder} />}
      {view.phase === "opening" && <span role="status">{text.opening}</span>}
      {view.phase === "ready" && <Preview voice={voice} player={player} recorder={recorder} recorded={view.recorded} />}
      {view.phase === "idle" && view.trouble !== undefined && (
        <span role="alert" class="voice-trouble">{view.trouble === "too short" ? text.tooShort : words.trouble[view.trouble]}</span>)}
      {view.phase !== "ready" && (
        <button type="button" class={`voice-record-button ${view.phase}`} aria-label={text.button} aria-pressed={view.phase === "recording"}
          title={voice.lack === undefined ? text.button : words.lack[voice.lack]} disabled={voice.lack !== undefined} {...handlers}>
          <Icon name="microphone" />
        </button>)}
    </div>
  );
}

/* Pointer and keyboard of the button. A key press is a click without a pointer: hands free. */
function useHold(recorder: Recorder, player: Player) {
  const held = useRef<{ at: number; x: number; began: boolean } | undefined>(undefined);
  const [sliding, setSliding] = useState(false);
  const slid = (event: PointerEvent): boolean => {
    const backwards = getComputedStyle(event.currentTarget as Element).direction === "rtl" ? -1 : 1;
    return held.current !== undefined && (held.current.x - event.clientX) * backwards > SLIDE_PX;
  };
  const end = (event: PointerEvent): void => {
    const press = held.current;
    if (press === undefined)
      return;
    const cancels = slid(event);
    held.current = undefined;
    setSliding(false);
    if (cancels)
      recorder.cancel();
    else if (event.timeStamp - press.at >= HOLD_MS || !press.began)
      void recorder.release();
  };
  return { sliding, handlers: {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0)
        return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      const began = recorder.view.peek().phase === "idle";
      held.current = { at: event.timeStamp, x: event.clientX, began };
      player.stop();
      if (began)
        void recorder.start();
    },
    onPointerMove: (event: PointerEvent) => setSliding(slid(event)),
    onPointerUp: end,
    onPointerCancel: () => { held.current = undefined; recorder.cancel(); },
    onClick: (event: MouseEvent) => {
      if (event.detail !== 0)
        return;
      player.stop();
      void (recorder.view.peek().phase === "idle" ? recorder.start() : recorder.release());
    },
    onContextMenu: (event: Event) => event.preventDefault(), /* a long touch */
  } };
}

function useEscape(active: boolean, cancel: () => void): void {
  useEffect(() => {
    if (!active)
      return undefined;
    const key = (event: KeyboardEvent): void => {
      if (event.key !== "Escape")
        return;
      event.preventDefault();
      event.stopPropagation(); /* it is not for the conversation now */
      cancel();
    };
    addEventListener("keydown", key, { capture: true });
    return () => removeEventListener("keydown", key, { capture: true });
  }, [active, cancel]);
}

function Progress({ view, sliding, recorder }: { readonly view: RecorderView & { phase: "recording" }; readonly sliding: boolean;
  readonly recorder: Recorder }) {
  const left = Math.ceil((RECORDING_MS_MAX - view.ms) / 1000);
  return (
    <div class="voice-recording">
      <span class="voice-dot recording" aria-hidden="true" />
      <span class="voice-time" role="timer" aria-label={text.recording}>{length(view.ms)}</span>
      <svg class="voice-levels" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
        {[...view.levels, view.level].slice(-40).map((level, i) => <rect key={i} x={i * 3} y={16 - Math.max(1, level * 16)} width="2" height={Math.max(2, level * 32)} />)}
      </svg>
      <span class="voice-hint">{sliding ? text.cancelled : left <= 10 ? text.left(left) : text.slide}</span>
      <button type="button" class="call-button" aria-label={text.discard} title={text.discard} onClick={() => recorder.cancel()}><Icon name="bin" /></button>
      <button type="button" class="call-button" aria-label={text.stop} title={text.stop} onClick={() => void recorder.stop()}><Icon name="stop" /></button>
      <button type="button" class="call-button" aria-label={text.send} title={text.send} onClick={() => void recorder.release()}><Icon name="send" /></button>
    </div>
  );
}

function Preview({ voice, player, recorder, recorded }: { readonly voice: Voice; readonly player: Player; readonly recorder: Recorder;
  readonly recorded: Recorded }) {
  const track: Track = useMemo(() => ({ key: `preview ${performance.now()}`, durationMs: recorded.durationMs, load: async () => recorded.ogg }), [recorded]);
  useEffect(() => () => player.stop(), [track]);
  return (
    <div class="voice-recording" role="group" aria-label={text.preview}>
      <Playing voice={voice} player={player} track={track} waveform={recorded.waveform} />
      <button type="button" class="call-button" aria-label={text.discard} title={text.discard} onClick={() => recorder.cancel()}><Icon name="bin" /></button>
      <button type="button" class="call-button primary" aria-label={text.send} title={text.send} onClick={() => void recorder.release()}><Icon name="send" /></button>
    </div>
  );
}
