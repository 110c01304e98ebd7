/* device_check.ts - the microphone outside a call: its level, and the own voice as others would hear
 * it, through the encoder, the buffer and the decoder. A lazy chunk; opened by the dialog with
 * devices while there is no call. */
import type { Signal } from "@preact/signals";
import { Graph, openMicrophone } from "./graph.js";
import { meter } from "./level.js";
import type { VoiceSettings } from "./settings.js";
import { choosesSpeaker } from "./support.js";

const SELF = "self";

export class DeviceCheck {
  #hear = false;

  private constructor(readonly graph: Graph) {}

  /** Fails as getUserMedia does. */
  static async open(settings: VoiceSettings, level: Signal<number>): Promise<DeviceCheck> {
    const stream = await openMicrophone({ device: settings.microphone, echoCancellation: settings.echoCancellation,
      noiseSuppression: settings.noiseSuppression, autoGainControl: settings.autoGainControl });
    const check: DeviceCheck = new DeviceCheck(await Graph.open(0, {
      level: (db) => { level.value = meter(db); },
      packet: (samples) => { if (check.#hear) check.graph.put(SELF, samples); },
    }));
    check.graph.setGate({ mode: "open", threshold: 0, hangMs: 0 }, false, false);
    check.graph.listenTo(stream);
    if (settings.speaker !== "" && choosesSpeaker(globalThis))
      await check.graph.setOutput(settings.speaker).catch(() => undefined); /* it was pulled out */
    return check;
  }

  hear(on: boolean): void {
    this.#hear = on;
  }

  close(): void {
    this.graph.close();
  }
}

export interface DeviceList {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

/** Names are empty until the microphone was allowed once. */
export async function listDevices(): Promise<DeviceList> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((device) => device.kind === kind && device.deviceId !== "" && device.deviceId !== "default");
  return { microphones: of("audioinput"), speakers: of("audiooutput") };
}
