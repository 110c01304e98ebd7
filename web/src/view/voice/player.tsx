/* player.tsx - one recording in the list of messages. Filled into the slot RecordingPlayer. */
import type { ConversationId, Message, State } from "../../model/state.js";
import { voice as words } from "../../text/english_late.js";
import type { Player, Track } from "../../voice/player.js";
import type { Voice } from "../../voice/voice.js";
import { Icon } from "./icons.js";
import { Waveform } from "./waveform.js";
import { length } from "./when.js";

const RATES = [1, 1.5, 2];
const text = words.player;

/** The recording that plays by itself after this one: the next in the conversation. */
export function nextRecording(state: State, conversation: ConversationId, seq: number): Message | undefined {
  return state.conversations.get(conversation)?.messages.find((message) =>
    message.seq > seq && message.recording !== undefined && message.deleted === undefined);
}

export function trackOf(voice: Voice, conversation: ConversationId, message: Message): Track {
  const { recording } = message;
  return {
    key: `${conversation} ${message.key}`,
    durationMs: recording?.durationMs ?? 0,
    async load() {
      const outcome = await voice.actions.recording(conversation, message.seq);
      return outcome.ok ? outcome.value : undefined;
    },
    started() {
      if (!message.own && recording?.played === false)
        voice.actions.played(conversation, message.seq);
    },
    next() {
      const next = nextRecording(voice.state.peek(), conversation, message.seq);
      return next === undefined ? undefined : trackOf(voice, conversation, next);
    },
  };
}

export function RecordingPlayer({ voice, player, conversation, message }: {
  readonly voice: Voice; readonly player: Player; readonly conversation: ConversationId; readonly message: Message;
}) {
  const { recording } = message;
  if (recording === undefined)
    return null;
  const track = trackOf(voice, conversation, message);
  const unplayed = !message.own && !recording.played;
  return (
    <div class={`voice-player${unplayed ? " unplayed" : ""}`}>
      <Playing voice={voice} player={player} track={track} waveform={recording.waveform} />
      <span class="voice-played">{unplayed && <span class="voice-dot" role="img" aria-label={text.unplayed} />}
        {message.own && recording.played && <span title={text.played}>✓<span class="unseen">{text.played}</span></span>}</span>
    </div>
  );
}

/** Button, waveform, time and speed of a track; the recorder shows it, too. */
export function Playing({ voice, player, track, waveform }: {
  readonly voice: Voice; readonly player: Player; readonly track: Track; readonly waveform: readonly number[];
}) {
  const view = player.view.value;
  const mine = view.key === track.key;
  const playing = mine && view.phase === "playing";
  const ms = mine ? Math.min(view.ms, track.durationMs) : 0;
  const { rate } = voice.settings.value;
  const times = `${length(ms)} / ${length(track.durationMs)}`;
  const nextRate = RATES[(RATES.indexOf(rate) + 1) % RATES.length]!;
  return (
    <>
      <button type="button" class="voice-play" aria-label={playing ? text.pause : text.play} aria-busy={mine && view.phase === "loading"}
        onClick={() => { player.setRate(rate); player.toggle(track); }}><Icon name={playing ? "pause" : "play"} /></button>
      <Waveform label={text.position} waveform={waveform} part={track.durationMs > 0 ? ms / track.durationMs : 0} valueText={times}
        seek={(part) => { player.setRate(rate); player.seek(track, part); }} />
      <span class="voice-time">{mine && ms > 0 ? times : length(track.durationMs)}</span>
      <button type="button" class="voice-rate" aria-label={text.rateLabel(rate)} onClick={() => {
        voice.change({ rate: nextRate });
        player.setRate(nextRate);
      }}>{text.rate(rate)}</button>
      {mine && view.phase === "failed" && <span role="alert" class="voice-failed">{text.failed}</span>}
    </>
  );
}
