// sound.mjs - a PulseAudio of the test's own, with loudspeakers and microphones that are wires: what
// is played into a loudspeaker can be recorded at its monitor. Chromium takes no monitor as a
// microphone, so a microphone is a remapped source of a monitor.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names of sinks; each has a source NAME_microphone. */
export class Sound {
  constructor(sinks = ["speaker"], latencyMs = 10) {
    this.folder = mkdtempSync(join(tmpdir(), "chinwag-sound-"));
    this.socket = join(this.folder, "pulse");
    const modules = sinks.flatMap((name) => [
      `-L`, `module-null-sink sink_name=${name} rate=48000 format=s16le channels=1 channel_map=mono`,
      `-L`, `module-remap-source master=${name}.monitor source_name=${name}_microphone`]);
    this.arguments = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
      "-L", `module-native-protocol-unix auth-anonymous=1 socket=${this.socket}`, ...modules];
    this.latencyMs = latencyMs;
  }

  /** What a program needs in its environment to use it. */
  get environment() {
    return { PULSE_SERVER: `unix:${this.socket}`, PULSE_LATENCY_MSEC: String(this.latencyMs), XDG_RUNTIME_DIR: this.folder,
      PULSE_RUNTIME_PATH: this.folder, PULSE_STATE_PATH: this.folder, HOME: this.folder };
  }

  async start() {
    this.process = spawn("pulseaudio", this.arguments, { stdio: "ignore", env: { ...process.env, ...this.environment } });
    this.gone = new Promise((done) => this.process.once("exit", done));
    let ended = false;
    this.gone.then(() => { ended = true; });
    while (!await answers(this.socket))
      if (ended)
        throw new Error("pulseaudio ended");
    return this;
  }

  pactl(...args) {
    const { status, stdout, stderr } = spawnSync("pactl", args, { env: { ...process.env, ...this.environment }, encoding: "utf8" });
    if (status !== 0)
      throw new Error(`pactl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  async finish() {
    this.process.kill();
    await this.gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const answers = (socket) => new Promise((done) => {
  const connection = net.connect(socket);
  connection.on("connect", () => { connection.destroy(); done(true); });
  connection.on("error", () => setImmediate(() => done(false)));
});
