/* devices.tsx - the dialog with microphone, loudspeaker and sounds: before the first call as a check,
 * later as settings. Shown by dialogs.tsx. */
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { voice as words } from "../../text/english_late.js";
import { DeviceCheck, listDevices, type DeviceList } from "../../voice/device_check.js";
import { meter, type GateMode } from "../../voice/level.js";
import { playSound } from "../../voice/sounds.js";
import type { SoundName } from "../../voice/settings.js";
import { choosesSpeaker, troubleOf, type MicrophoneTrouble } from "../../voice/support.js";
import type { Voice } from "../../voice/voice.js";
import { keyName } from "./when.js";

const text = words.devices;

interface Props {
  readonly voice: Voice;
}

export function Devices({ voice }: Props) {
  const asked = voice.dialog.value ?? {};
  const dialog = useRef<HTMLDialogElement>(null);
  const joins = asked.join !== undefined || asked.answer === true;
  useEffect(() => { dialog.current?.showModal(); }, []);
  const close = (): void => { voice.dialog.value = undefined; };
  return (
    <dialog ref={dialog} class="voice-dialog" aria-labelledby="voice-devices" onClose={close}>
      <h2 id="voice-devices">{joins ? text.check : text.title}</h2>
      {voice.lack === undefined ? <Microphone voice={voice} /> : <p role="alert">{words.lack[voice.lack]}</p>}
      <Speaker voice={voice} />
      {voice.lack === undefined && <More folded={joins}><Processing voice={voice} /><When voice={voice} /></More>}
      {!joins && <Sounds voice={voice} />}
      <div class="voice-buttons">
        <button type="button" onClick={close}>{joins ? text.cancel : text.close}</button>
        {joins && <button type="button" class="primary" onClick={() => voice.proceed()}>{asked.answer ? text.answer : text.join}</button>}
      </div>
    </dialog>
  );
}

/* The devices, asked again when one is plugged in or the microphone was allowed. */
function useDevices(again: unknown): DeviceList {
  const [list, setList] = useState<DeviceList>({ microphones: [], speakers: [] });
  useEffect(() => {
    let here = true;
    const ask = (): void => {
      void listDevices().then((now) => { if (here) setList(now); });
    };
    ask();
    navigator.mediaDevices?.addEventListener("devicechange", ask);
    return () => {
      here = false;
      navigator.mediaDevices?.removeEventListener("devicechange", ask);
    };
  }, [again]);
  return list;
}

/* In a call the call has the microphone; else this opens it. */
function useCheck(voice: Voice, level: Signal<number>) {
  const inCall = voice.state.value.call !== undefined;
  const { microphone, speaker, echoCancellation, noiseSuppression, autoGainControl } = voice.settings.value;
  const [trouble, setTrouble] = useState<MicrophoneTrouble>();
  const [check, setCheck] = useState<DeviceCheck>();
  useEffect(() => {
    if (inCall)
      return undefined;
    let here = true, opened: DeviceCheck | undefined;
    DeviceCheck.open(voice.settings.peek(), level).then((now) => {
      opened = now;
      if (!here)
        return now.close();
      setTrouble(undefined);
      setCheck(now);
    }).catch((error: unknown) => { if (here) setTrouble(troubleOf(error)); });
    return () => {
      here = false;
      opened?.close();
      setCheck(undefined);
      level.value = 0;
    };
  }, [inCall, microphone, speaker, echoCancellation, noiseSuppression, autoGainControl]);
  return { check, trouble, inCall };
}

function Choice({ label, value, devices, change }: { readonly label: string; readonly value: string;
  readonly devices: readonly MediaDeviceInfo[]; change(id: string): void }) {
  return (
    <label class="voice-field">{label}
      <select value={value} onChange={(event) => change(event.currentTarget.value)}>
        <option value="">{text.system}</option>
        {devices.map(({ deviceId, label: name }, i) => <option key={deviceId} value={deviceId}>{name || text.unnamed(i + 1)}</option>)}
      </select>
    </label>
  );
}

function Switch({ label, on, change }: { readonly label: string; readonly on: boolean; change(on: boolean): void }) {
  return <label class="voice-switch"><input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} /> {label}</label>;
}

function Microphone({ voice }: Props) {
  const own = useSignal(0);
  const { check, trouble, inCall } = useCheck(voice, own);
  const { microphones } = useDevices(check);
  const [hears, setHears] = useState(false);
  const { microphone } = voice.settings.value;
  useEffect(() => check?.hear(hears), [check, hears]);
  return (
    <>
      <Choice label={text.microphone} value={microphone} devices={microphones} change={(id) => voice.change({ microphone: id })} />
      {trouble !== undefined && <p role="alert">{words.trouble[trouble]}</p>}
      <LevelBar level={inCall ? voice.level : own} threshold={voice.settings.value.mode === "voice" ? meter(voice.settings.value.threshold) : undefined} />
      <p class="voice-hint">{text.hint}</p>
      {!inCall && <Switch label={`${text.hear}. ${text.hearHint}`} on={hears} change={setHears} />}
    </>
  );
}

function Processing({ voice }: Props) {
  const { echoCancellation, noiseSuppression, autoGainControl } = voice.settings.value;
  return (
    <>
      <Switch label={text.echo} on={echoCancellation} change={(on) => voice.change({ echoCancellation: on })} />
      <Switch label={text.noise} on={noiseSuppression} change={(on) => voice.change({ noiseSuppression: on })} />
      <Switch label={text.gain} on={autoGainControl} change={(on) => voice.change({ autoGainControl: on })} />
    </>
  );
}

/* In the check before the first call, what few people change is folded away. */
function More({ folded, children }: { readonly folded: boolean; readonly children: ComponentChildren }) {
  return folded ? <details><summary class="voice-more">{text.more}</summary>{children}</details> : <>{children}</>;
}

/** The level, and from where on it is sent. */
export function LevelBar({ level, threshold }: { readonly level: Signal<number>; readonly threshold?: number | undefined }) {
  const now = Math.round(level.value * 100);
  return (
    <svg class="voice-level" viewBox="0 0 100 6" preserveAspectRatio="none" role="meter" aria-label={text.level} aria-valuemin={0} aria-valuemax={100} aria-valuenow={now}>
      <rect class="voice-level-back" width="100" height="6" />
      <rect class="voice-level-now" width={now} height="6" />
      {threshold !== undefined && <rect class="voice-level-threshold" x={threshold * 100} width="0.6" height="6" />}
    </svg>
  );
}

function Speaker({ voice }: Props) {
  const { speakers } = useDevices(undefined);
  return (
    <>
      {choosesSpeaker(globalThis)
        ? <Choice label={text.speaker} value={voice.settings.value.speaker} devices={speakers} change={(id) => voice.change({ speaker: id })} />
        : <p class="voice-hint">{text.speaker}: {text.noSpeakerChoice}</p>}
      <button type="button" onClick={() => playSound("join")}>{text.test}</button>
    </>
  );
}

const MODES: readonly GateMode[] = ["voice", "push", "open"];

function When({ voice }: Props) {
  const { mode, threshold } = voice.settings.value;
  return (
    <fieldset>
      <legend>{text.when}</legend>
      {MODES.map((one) => (
        <label key={one} class="voice-switch">
          <input type="radio" name="voice-mode" checked={mode === one} onChange={() => voice.change({ mode: one })} /> {text[one]}
        </label>))}
      {mode === "voice" && (
        <label class="voice-field">{text.threshold}
          <input type="range" min="-70" max="-10" step="1" value={threshold} aria-valuetext={`${threshold} dB`}
            onInput={(event) => voice.change({ threshold: Number(event.currentTarget.value) })} />
        </label>)}
      {mode === "push" && <PushKey voice={voice} />}
    </fieldset>
  );
}

/* Any key but Escape and Tab, which the dialog and the keyboard's user need. */
function PushKey({ voice }: Props) {
  const [asking, setAsking] = useState(false);
  const take = (event: KeyboardEvent): void => {
    if (!asking || event.code === "Tab")
      return;
    event.preventDefault();
    event.stopPropagation();
    setAsking(false);
    if (event.code !== "Escape" && event.code !== "")
      voice.change({ pushKey: event.code });
  };
  return (
    <>
      <p>{text.key}: <kbd>{keyName(voice.settings.value.pushKey)}</kbd>{" "}
        <button type="button" aria-pressed={asking} onClick={() => setAsking(true)} onKeyDown={take} onBlur={() => setAsking(false)}>
          {asking ? text.press : text.change}</button></p>
      <p class="voice-hint">{text.focus}</p>
    </>
  );
}

function Sounds({ voice }: Props) {
  const { sounds } = voice.settings.value;
  return (
    <fieldset>
      <legend>{text.sounds}</legend>
      {(Object.keys(sounds) as SoundName[]).map((name) => (
        <Switch key={name} label={text.names[name]} on={sounds[name]} change={(on) => {
          voice.change({ sounds: { ...sounds, [name]: on } });
          if (on)
            playSound(name);
        }} />))}
    </fieldset>
  );
}
