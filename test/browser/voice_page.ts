/* voice_page.ts - the page of voice_graph.test.mjs and bench/voice/web.py: the audio graph of a call
 * without a server. Packets of the microphone come back as those of another person. */
import { Graph, openMicrophone } from "../../web/src/voice/graph.js";
import { rmsDb } from "../../web/src/voice/level.js";
import type { PlaybackReport } from "../../web/src/voice/messages.js";
import type { Choice } from "../../web/src/voice/pace.js";

const PLAIN = { device: "", echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/* The best correlation of `heard` with what was said up to 300 ms before, and that lag in ms. */
function compare(said: Float32Array, heard: Float32Array): { correlation: number; lagMs: number } {
  const most = 14400, n = said.length - most;
  let best = { correlation: 0, lagMs: 0 };
  for (let lag = 0; lag < most; lag += 4) {
    let product = 0, a = 1e-9, b = 1e-9;
    for (let i = 0; i < n; i += 3) {
      const x = said[most - lag + i]!, y = heard[most + i]!;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    const correlation = product / Math.sqrt(a * b);
    if (correlation > best.correlation)
      best = { correlation, lagMs: lag / 48 };
  }
  return best;
}

function listener(graph: Graph, from: AudioNode): () => Float32Array {
  const analyser = new AnalyserNode(graph.context, { fftSize: 32768 });
  from.connect(analyser);
  return () => {
    const pcm = new Float32Array(32768);
    analyser.getFloatTimeDomainData(pcm);
    return pcm;
  };
}

/** Speaks to itself until it is heard; what was heard, and how late. */
async function loop(choice?: Choice): Promise<unknown> {
  let report: PlaybackReport | undefined, failure: string | undefined, packets = 0, bytes = 0;
  const graph: Graph = await Graph.open(0, {
    packet: (samples) => {
      packets++;
      bytes += samples.length;
      graph.put("me", samples);
    },
    report: (now) => { report = now; },
    failed: (text) => { failure = text; },
  });
  graph.setGate({ mode: "open", threshold: 0, hangMs: 0 }, false, false);
  const stream = await openMicrophone(PLAIN);
  graph.listenTo(stream);
  const said = listener(graph, graph.context.createMediaStreamSource(stream));
  const heard = listener(graph, graph.playback);
  const results = [];
  await pause(300);
  if (choice !== undefined)
    graph.setPace(choice); /* while it speaks */
  for (let i = 0; i < 4; i++) {
    await pause(1200);
    const now = { said: said(), heard: heard() };
    results.push({ ...compare(now.said, now.heard), said: rmsDb(now.said), heard: rmsDb(now.heard) });
  }
  graph.close();
  results.sort((x, y) => y.correlation - x.correlation);
  return { ...results[0], packets, bytes, failure, stats: report?.speakers[0], stalls: report?.stalls };
}

/** Records for so long; the file as base64, and what decodeAudioData makes of it. */
async function record(ms: number): Promise<unknown> {
  let failure: string | undefined;
  const graph = await Graph.open(0, { failed: (text) => { failure = text; } });
  graph.record();
  graph.listenTo(await openMicrophone(PLAIN));
  await pause(ms);
  const recorded = await graph.recorded();
  if (recorded === undefined)
    return { failure };
  const decoded = await graph.context.decodeAudioData(recorded.file.slice().buffer);
  const file = btoa(String.fromCharCode(...recorded.file));
  graph.close();
  return { failure, file, samples: recorded.samples, peaks: recorded.peaks.length, decoded: decoded.length,
    level: rmsDb(decoded.getChannelData(0)) };
}

/* --- mouth to ear: bench/voice/web.py ---------------------------------------------------------- */

let measured: () => unknown = () => ({});

/** The microphone straight to the loudspeaker: what devices and browser take by themselves. */
async function floor(echoCancellation: boolean): Promise<void> {
  const context = new AudioContext({ latencyHint: 0, sampleRate: 48000 });
  context.createMediaStreamSource(await openMicrophone({ ...PLAIN, echoCancellation })).connect(context.destination);
  measured = () => ({ baseMs: context.baseLatency * 1000, outputMs: context.outputLatency * 1000 });
}

/** The same through encoder, jitter buffer and decoder. */
async function voice(echoCancellation: boolean): Promise<void> {
  let report: PlaybackReport | undefined;
  const graph: Graph = await Graph.open(0, { packet: (samples) => graph.put("me", samples), report: (now) => { report = now; } });
  graph.setGate({ mode: "open", threshold: 0, hangMs: 0 }, false, false);
  graph.listenTo(await openMicrophone({ ...PLAIN, echoCancellation }));
  measured = () => ({ ...report?.speakers[0], stalls: report?.stalls });
}

Object.assign(window, { loop, record, floor, voice, measured: () => measured() });
